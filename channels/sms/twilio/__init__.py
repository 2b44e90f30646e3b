"""SMS by Twilio: signed webhooks come in, REST calls go out."""

from channels.sms.twilio.gateway import Twilio

__all__ = ["Twilio"]
