"""Addresses of plans, runs and stops."""

from django.urls import URLPattern, path

from manyhands.deliveries.views import comparing, desk_runs, happening, hubs, making, moving, papers, plans, runs

app_name = "deliveries"
PLAN = "<slug:network>/desk/plans/<uuid:plan>/"
urlpatterns: list[URLPattern] = [
    path("r/<slug:token>/", runs.run, name="run"),
    path("<slug:network>/runs/", runs.my_runs, name="my_runs"),
    path("<slug:network>/runs/<uuid:run>/", runs.my_run, name="my_run"),
    path("<slug:network>/desk/plans/", plans.plans, name="plans"),
    path("<slug:network>/desk/plans/new/", making.new_plan, name="new_plan"),
    path("<slug:network>/desk/plans/compare/", comparing.compare, name="compare"),
    path(PLAN, plans.plan, name="plan"),
    path(PLAN + "progress/", plans.progress, name="progress"),
    path(PLAN + "again/", plans.again, name="again"),
    path(PLAN + "stop/", plans.stop, name="stop"),
    path(PLAN + "happening/", happening.happening, name="happening"),
    path(PLAN + "check/", plans.check, name="check"),
    path(PLAN + "discard/", plans.discard, name="discard"),
    path(PLAN + "lock/", plans.lock, name="lock"),
    path(PLAN + "stops/<int:stop>/move/", moving.move, name="move"),
    path(PLAN + "unserved/", plans.unserved, name="unserved"),
    path(PLAN + "publish/", plans.publish, name="publish"),
    path(PLAN + "links/", plans.links, name="links"),
    path(PLAN + "runs/<uuid:run>/", desk_runs.plan_run, name="plan_run"),
    path(PLAN + "runs/<uuid:run>/drop/", desk_runs.drop, name="drop"),
    path(PLAN + "runs/<uuid:run>/take-up/", desk_runs.take_up, name="take_up"),
    path(PLAN + "sheets/", papers.sheets, name="sheets"),
    path(PLAN + "labels/", papers.labels, name="labels"),
    path(PLAN + "plan.csv", papers.table, name="table"),
    path(PLAN + "plan.geojson", papers.geojson, name="geojson"),
    path("<slug:network>/desk/hubs/", hubs.hubs, name="hubs"),
    path("<slug:network>/desk/hubs/new/", hubs.new_hub, name="new_hub"),
    path("<slug:network>/desk/hubs/<uuid:hub>/", hubs.hub, name="hub"),
]
