from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0002_catalogue_and_upkeep")]

    operations = [
        migrations.AddField(
            model_name="tmdbservice",
            name="catalogue_read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
