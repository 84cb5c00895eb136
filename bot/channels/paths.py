"""Where Twilio calls us, as the number's configuration and the status callbacks name it."""

MESSAGES_PATH = "/webhooks/twilio/messages"
STATUS_PATH = "/webhooks/twilio/status"
