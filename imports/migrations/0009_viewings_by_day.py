"""A film's viewings are found by their days: whether one was the first is asked for each of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0008_names_and_recipients_are_limited")]

    operations = [
        migrations.AddIndex(
            model_name="viewing",
            index=models.Index(fields=["movie", "watched_on"], name="viewing_of_film_by_day"),
        ),
    ]
