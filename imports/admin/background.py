"""django-q's own lists, to look at. Its own pages let whoever may write a schedule have any function called here, such
as os.system, and read the environment out of the result."""

from django.contrib import admin
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success

from enrichment.admin_base import LookOnlyAdmin

admin.site.unregister([Failure, OrmQ, Schedule, Success])


@admin.register(Failure)
class FailureAdmin(LookOnlyAdmin, FailAdmin):  # type: ignore[misc]
    actions = ()


@admin.register(OrmQ)
class QueuedAdmin(LookOnlyAdmin, QueueAdmin):  # type: ignore[misc]
    pass


@admin.register(Schedule)
class PlannedAdmin(LookOnlyAdmin, ScheduleAdmin):  # type: ignore[misc]
    pass


@admin.register(Success)
class SuccessAdmin(LookOnlyAdmin, TaskAdmin):  # type: ignore[misc]
    actions = ()
