from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_statistics_and_sharing")]

    operations = [
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(fields=["session", "tmdb_movie"], name="movie_by_film"),
        ),
    ]
