"""Found a licence: put the seed's rows into a state.

The licence is always the same, tokens and all, whatever its random seed; only moments that are
told as minutes ago depend on when it is founded.
"""

import random
from collections.abc import Iterable

from rtmcli.sandbox import clock, scopes, seed, seed_chats, threads
from rtmcli.sandbox.actions.customers import new_customer
from rtmcli.sandbox.model import ELSEWHERE, Access, Agent, Chat, Visit, Wire
from rtmcli.sandbox.state import State

_DAY = 86_400
_BETWEEN_EVENTS = 40  # seconds


def found(state: State, role: str, own_scopes: Iterable[str] | None) -> None:
    """Fill an empty state; `role` and `own_scopes` are those of the first agent."""
    now, given_random = state.now, state.random
    state.random = random.Random(0)  # noqa: S311  # the seed licence has fixed ids
    state.groups |= seed.GROUPS
    for row in seed.AGENTS:
        _hire(state, row, role, own_scopes)
    emails = {row.email: _welcome(state, row, now) for row in seed.CUSTOMERS}
    for chat in seed_chats.CHATS:
        _recall(state, chat, emails[chat.customer], now)
    # The tokens are no secrets: always the same, they are known before a sandbox runs.
    state.tokens = {state.new_token(): agent.id for agent in state.agents.values() if not agent.bot}
    state.random, state.now = given_random, now
    state.licence = {
        **seed.LICENCE,
        "creation_timestamp": int(clock.moment("2016-08-29")),
        "expiration_timestamp": int(now) + 365 * _DAY,
        "in_trial": False,
        "website_last_activity": clock.date(now),
    }


def _when(moment: seed.Moment, now: float) -> float:
    return now - 60 * moment if isinstance(moment, int) else clock.moment(moment)


def _hire(state: State, row: seed.AgentRow, role: str, own_scopes: Iterable[str] | None) -> None:
    permission, granted = row.permission, None
    if row.id == seed.FIRST_AGENT:
        permission, granted = role, own_scopes
    elif row.id == seed.SECOND_IN_LINE and role != "owner":
        permission = "owner"  # a licence has one
    token_scopes = scopes.ROLES[permission] if granted is None else frozenset(granted)
    agent = Agent(
        row.id,
        row.name,
        permission,
        row.groups,
        scopes=token_scopes,
        granted=scopes.closure(token_scopes),
        bot=row.bot,
    )
    if row.elsewhere:
        agent.connections[ELSEWHERE] = False
    state.agents[agent.id] = agent


def _welcome(state: State, row: seed.CustomerRow, now: float) -> str:
    state.now = _when(row.created, now)
    about: Wire = {"name": row.name, "email": row.email}
    if row.fields:
        about["fields"] = row.fields
    customer = new_customer(state, about, row.id)
    state.now = now - 600 if row.browsing else min(now, state.now + row.visits * _DAY)
    place = seed.PLACES[row.place]
    visit = Visit(
        state.new_uuid(),
        state.date_time,
        f"{place.network}.{customer.serial}",
        seed.USER_AGENT,
        seed.geolocation(place),
    )
    if row.browsing:
        state.visits[customer.id] = visit
    opened = seed.PAGES[: 1 + row.visits % len(seed.PAGES)]
    customer.change(
        avatar=f"https://cdn.example.com/avatars/customer-{customer.serial}.png",
        last_visit={
            **{name: value for name, value in visit._asdict().items() if name != "id"},
            "last_pages": [
                {"opened_at": state.date_time, "url": seed.SITE + path, "title": title}
                for path, title in opened
            ],
        },
        statistics={
            "chats_count": 0,
            "threads_count": 0,
            "visits_count": row.visits,
            "page_views_count": row.visits * len(opened),
        },
    )
    return customer.id


def _recall(state: State, row: seed_chats.ChatRow, customer_id: str, now: float) -> None:
    access = Access(row.groups)
    chat = Chat(row.id, access)
    chat.properties = _wrapped(row.properties)
    state.chats[chat.id] = chat
    state.now = _when(row.threads[0].begins, now)
    threads.seat(state, chat, customer_id, "customer")
    for agent_id in row.agents:
        threads.seat(state, chat, agent_id, "agent")
    for each in row.threads:
        state.now = _when(each.begins, now)
        chat.access = Access(each.groups) if each.groups else access
        thread = threads.open_thread(state, chat, each.id)
        thread.properties, thread.tags = _wrapped(each.properties), each.tags
        for said in each.events:
            threads.add_event(state, chat, thread, _composed(said, customer_id))
            state.now += _BETWEEN_EVENTS
        if not each.active:
            closer = said.by if said.by in state.agents else seed.FIRST_AGENT
            name = state.agents[closer].name
            threads.close(state, chat, "manual_archived_agent", user_id=closer, agent=name)
    chat.access = access
    customer = state.customers[customer_id]
    if customer_id not in state.visits:
        threads.see_off(chat, customer)
    chat.regroup()


def _composed(said: seed_chats.Said, customer_id: str) -> Wire:
    author = customer_id if said.by == "customer" else said.by
    event = {"author_id": author, "recipients": "all", **said.event}
    if "properties" in event:
        event["properties"] = _wrapped(event["properties"])
    return event


def _wrapped(bare: dict[str, Wire]) -> Wire:
    return {
        namespace: {name: {"value": value} for name, value in names.items()}
        for namespace, names in bare.items()
    }
