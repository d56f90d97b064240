"""Addresses of signing in, of oneself and of invitations."""

from django.urls import path

from manyhands.people.views import account, signing_in

app_name = "people"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign_in_code"),
    path("sign-in/passkey/", signing_in.sign_in_passkey, name="sign_in_passkey"),
    path("sign-in/step/", signing_in.sign_in_step, name="sign_in_step"),
    path("sign-in/again/", signing_in.again, name="again"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/devices/", account.end_other_devices, name="end_other_devices"),
    path("account/devices/<uuid:key>/", account.change_device, name="change_device"),
    path("account/second-step/", account.second_step, name="second_step"),
    path("account/second-step/passkey/", account.add_passkey, name="add_passkey"),
    path("account/second-step/app/", account.add_app, name="add_app"),
    path("account/second-step/change/", account.change_second_step, name="change_second_step"),
    path("invited/<str:token>/", signing_in.invited, name="invited"),
]
