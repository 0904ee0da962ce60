"""One version of the API as an AsyncAPI 3.0 document, from the view of a client.

Responses and pushes have members that are known by name; their types are not documented.
"""

from collections.abc import Iterable
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, PushType
from rtmcli.catalogue.service import REGIONS
from rtmcli.protocol.json_schema import Schema, fields_schema, payload_schema

_CHANNEL = "rtm"
_ERROR_RESPONSE = "error_response"
_CHANNEL_REF = {"$ref": f"#/channels/{_CHANNEL}"}
_STRING: Schema = {"type": "string"}


def document(api: Api) -> dict[str, Any]:
    """Return the document of a version: servers, the channel, operations and messages."""
    methods = tuple(api.methods.values())
    messages = {
        _ERROR_RESPONSE: _error_response(api),
        **{_request_name(method): _request(api, method) for method in methods},
        **{_response_name(method): _response(method) for method in methods},
        **{_push_name(push): _push(push) for push in api.pushes},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "LiveChat Agent Chat RTM API",
            "version": api.version,
            "description": "A client sends requests and receives responses and pushes.",
        },
        "defaultContentType": "application/json",
        "servers": {region: {"host": host, "protocol": "wss"} for region, host in REGIONS.items()},
        "channels": {_CHANNEL: _channel(api, messages)},
        "operations": {
            **{method.action: _request_operation(method) for method in methods},
            "receive_pushes": {
                "action": "receive",
                "channel": _CHANNEL_REF,
                "summary": "What the server sends without being asked.",
                "messages": [_message_ref(_push_name(push)) for push in api.pushes],
            },
        },
        "components": {"messages": messages},
    }


def _channel(api: Api, message_names: Iterable[str]) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": api.path,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in message_names},
    }
    if api.query_params:
        query = {"type": "object", "properties": dict.fromkeys(api.query_params, _STRING)}
        channel["bindings"] = {"ws": {"query": query}}
    return channel


def _message_ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{_CHANNEL}/messages/{name}"}


def _request_operation(method: Method) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": _CHANNEL_REF,
        "summary": method.summary,
        "messages": [_message_ref(_request_name(method))],
        "reply": {
            "channel": _CHANNEL_REF,
            "messages": [_message_ref(_response_name(method)), _message_ref(_ERROR_RESPONSE)],
        },
    }


def _request_name(method: Method) -> str:
    return f"{method.action}_request"


def _response_name(method: Method) -> str:
    return f"{method.action}_response"


def _push_name(push: PushType) -> str:
    return f"{push.name}_push"


def _request(api: Api, method: Method) -> dict[str, Any]:
    payload = payload_schema(method)
    fields = dict.fromkeys(api.request_fields, _STRING)
    members = {"action": {"const": method.action}, "request_id": _STRING, **fields}
    required = ["action", "request_id", *(["payload"] if "required" in payload else [])]
    return _message(method.summary, {**members, "payload": payload}, required)


def _response(method: Method) -> dict[str, Any]:
    members = {
        "type": {"const": "response"},
        "action": {"const": method.action},
        "request_id": _STRING,
        "success": {"const": True},
        "payload": fields_schema(method.response_fields, method.response_type),
    }
    required = [*members] if method.response_fields else [*members][:-1]
    return _message(f"The response to {method.action}.", members, required)


def _error_response(api: Api) -> dict[str, Any]:
    types = {**_STRING, "examples": [error.type for error in api.errors]}
    error = {
        "type": "object",
        "required": ["type", "message"],
        "properties": {"type": types, "message": _STRING, "data": {}},
    }
    members = {
        "type": {"const": "response"},
        "action": _STRING,
        "request_id": _STRING,
        "success": {"const": False},
        "payload": {"type": "object", "required": ["error"], "properties": {"error": error}},
    }
    return _message("The response to a request that failed.", members, [*members])


def _push(push: PushType) -> dict[str, Any]:
    members = {
        "type": {"const": "push"},
        "action": {"const": push.name},
        "request_id": _STRING,
        "payload": fields_schema(push.payload_fields, push.payload_type),
    }
    required = [name for name in members if name != "request_id"]
    return _message(push.summary, members, required)


def _message(summary: str, members: Schema, required: list[str]) -> dict[str, Any]:
    return {
        "summary": summary,
        "correlationId": {"location": "$message.payload#/request_id"},
        "payload": {"type": "object", "required": required, "properties": members},
    }
