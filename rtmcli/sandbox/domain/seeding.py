"""Fill the state of a license with the sample data.

The result does not depend on the random seed, except for the tokens; only times that are given as
minutes ago depend on when the license is created.
"""

import random
from collections.abc import Iterable

from rtmcli.sandbox.domain import seed_chats, seed_data, timestamps
from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.customers import add_customer
from rtmcli.sandbox.domain.model import (
    EXTERNAL_CONNECTION,
    Access,
    Agent,
    Chat,
    Event,
    Page,
    Profile,
)
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import MICROSECONDS
from rtmcli.sandbox.domain.website.visits import create_visit

_MINUTE = 60 * MICROSECONDS
_DAY = 24 * 60 * _MINUTE
_EVENT_INTERVAL = 40 * MICROSECONDS


def populate(state: State, first_agent_role: str, first_agent_scopes: Iterable[str] | None) -> None:
    """Fill an empty state; without scopes the first agent has those of its role."""
    now, license_random = state.now, state.random
    state.random = random.Random(0)  # noqa: S311  # for fixed IDs
    state.group_names |= seed_data.GROUPS
    for row in seed_data.AGENTS:
        _add_agent(state, row, first_agent_role, first_agent_scopes)
    customer_ids_by_email = {
        row.email: _add_customer(state, row, now) for row in seed_data.CUSTOMERS
    }
    for chat in seed_chats.CHATS:
        _add_chat(state, chat, customer_ids_by_email[chat.customer_email], now)
    state.agent_by_token = {
        state.new_token(): agent.id for agent in state.agents.values() if not agent.is_bot
    }
    state.random, state.now = license_random, now
    state.organization_id = seed_data.ORGANIZATION_ID
    state.license = {
        **seed_data.LICENSE,
        "creation_timestamp": timestamps.to_seconds(timestamps.parse_datetime("2016-08-29")),
        "expiration_timestamp": timestamps.to_seconds(now + 365 * _DAY),
        "in_trial": False,
        "website_last_activity": timestamps.format_date(now),
    }


def _to_time(time: seed_data.SeedTime, now: int) -> int:
    return now - time * _MINUTE if isinstance(time, int) else timestamps.parse_datetime(time)


def _add_agent(
    state: State,
    row: seed_data.SeedAgent,
    first_agent_role: str,
    first_agent_scopes: Iterable[str] | None,
) -> None:
    permission, requested_scopes = row.permission, None
    if row.id == seed_data.FIRST_AGENT_ID:
        permission, requested_scopes = first_agent_role, first_agent_scopes
    elif row.id == seed_data.SUPERVISOR_ID and first_agent_role != "owner":
        permission = "owner"  # a license has exactly one owner
    agent = Agent(
        row.id,
        row.name,
        permission,
        row.group_ids,
        token_scopes=None if requested_scopes is None else frozenset(requested_scopes),
        is_bot=row.is_bot,
    )
    if row.has_external_connection:
        agent.away_by_connection[EXTERNAL_CONNECTION] = False
    state.agents[agent.id] = agent


def _add_customer(state: State, row: seed_data.SeedCustomer, now: int) -> str:
    state.now = _to_time(row.created_at, now)
    fields = tuple(row.fields.items()) if row.fields else None
    customer = add_customer(state, Profile(row.name, row.email, session_fields=fields), row.id)
    state.now = (
        now - 10 * _MINUTE if row.is_online else min(now, state.now + row.visit_count * _DAY)
    )
    location = seed_data.LOCATIONS[row.location]
    pages = seed_data.PAGES[: 1 + row.visit_count % len(seed_data.PAGES)]
    ip = f"{location.network}.{customer.serial_number}"
    visit = create_visit(state, ip, seed_data.geolocation(location))
    visit = visit._replace(
        pages=tuple(Page(state.now, seed_data.SITE_URL + path, title) for path, title in pages),
        ended=0 if row.is_online else state.now,
    )
    customer.visit = visit
    if row.is_online:
        state.visits[customer.id] = visit
    avatar = f"https://cdn.example.com/avatars/customer-{customer.serial_number}.png"
    customer.profile = customer.profile._replace(avatar=avatar)
    customer.increment_statistics(
        visits_count=row.visit_count, page_views_count=row.visit_count * len(pages)
    )
    return customer.id


def _add_chat(state: State, row: seed_chats.SeedChat, customer_id: str, now: int) -> None:
    access = Access(row.group_ids)
    chat = Chat(row.id, access)
    chat.properties = row.properties
    state.chats[chat.id] = chat
    state.now = _to_time(row.threads[0].started_at, now)
    threads.add_member(state, chat, customer_id, "customer")
    for agent_id in row.agent_ids:
        threads.add_member(state, chat, agent_id, "agent")
    for each in row.threads:
        state.now = _to_time(each.started_at, now)
        chat.access = Access(each.group_ids) if each.group_ids else access
        thread = threads.open_thread(state, chat, each.id)
        thread.properties, thread.tags = each.properties, each.tags
        for event in each.events:
            threads.add_event(state, chat, thread, _build_event(event, customer_id))
            state.now += _EVENT_INTERVAL
        if not each.active:
            closer = event.author if event.author in state.agents else seed_data.FIRST_AGENT_ID
            name = state.agents[closer].name
            threads.close_thread(state, chat, "manual_archived_agent", user_id=closer, agent=name)
    chat.access = access
    customer = state.customers[customer_id]
    if customer_id not in state.visits:
        threads.mark_absent(chat, customer)
    chat.invalidate_audience()


def _build_event(row: seed_chats.SeedEvent, customer_id: str) -> Event:
    common = {"type": "", "id": "", "visibility": "all", "properties": {}}
    values = {**common, **{name: row.fields[name] for name in common if name in row.fields}}
    fields = {name: value for name, value in row.fields.items() if name not in common}
    author_id = customer_id if row.author == "customer" else row.author
    return Event(**values, author_id=author_id, fields=fields)
