"""Every account gets its library: noted here, so that the app starts at once; the cluster puts the libraries together."""

from django.db import migrations


def note(apps, schema_editor):
    change = apps.get_model("imports", "LibraryChange")
    sessions = apps.get_model("imports", "ImportSession").objects.filter(user__isnull=False).order_by()
    rankings = apps.get_model("imports", "Ranking").objects.order_by()
    people = {*sessions.values_list("user", flat=True).distinct(), *rankings.values_list("user", flat=True).distinct()}
    change.objects.bulk_create((change(user_id=user_id) for user_id in sorted(people)), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("imports", "0010_the_library")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
