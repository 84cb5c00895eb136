"""A start in production tells what is wrong with the provider's account, and refuses nothing for it."""

from bot.channels.twilio_account import RETRY
from tests.service.deployment import SMS_NUMBER
from tests.stand_in import wait_until

HOOK = f"https://text.example.org/webhooks/twilio/messages#{RETRY}"


def test_the_command_says_what_is_wrong_and_a_start_in_production_logs_it(deployment):
    deployment.fake.account.add_number(SMS_NUMBER, HOOK)
    done = deployment.run("twilio", "check")
    assert done.returncode == 1
    assert "WRONG    Without a messaging service" in done.stdout
    deployment.environment["ENVIRONMENT"] = "production"
    deployment.serve()
    try:
        wait_until(lambda: "Without a messaging service" in deployment.log.read_text())
    finally:
        deployment.stop()


def test_templates_are_pushed_and_looked_at(deployment):
    assert "not pushed" in deployment.succeed("templates", "status")
    assert "0 of 36 approved" in deployment.succeed("templates", "push")
    shown = deployment.succeed("templates", "status")
    assert "reminder_named" in shown
    assert "36 of 36 approved" in shown
