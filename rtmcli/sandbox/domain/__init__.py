"""A license in memory: its data, and what agents, customers and the clock can do with it.

It knows no wire format: functions take and return typed values, report what happened as facts
(`rtmcli.sandbox.domain.facts`), and raise `DomainError`. Times are microseconds since 1970.
"""
