"""Configuration of every test run."""

import signal

from hypothesis import HealthCheck, settings

# The duration of an example says nothing on a busy machine.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# A process that a shell starts in the background, or nohup, ignores signals, and child processes
# inherit that.
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
