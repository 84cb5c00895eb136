"""Where providers call us, as their configuration and the status callbacks name it."""

MESSAGES_PATH = "/webhooks/twilio/messages"
STATUS_PATH = "/webhooks/twilio/status"
RECEIPTS_PATH = "/webhooks/govuk-notify/receipts"
