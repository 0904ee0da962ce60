"""The reliability requirements, and the tests that prove them.

A requirement is a fault or an unusual input with the expected behavior of `rtm`. Each test names
its requirements at the beginning of its docstring; `test_requirements` checks that this table and
the docstrings agree. Tests with the marker `slow` are listed separately; each requirement has a
fast test as well.
"""

from typing import NamedTuple


class Requirement(NamedTuple):
    """One requirement; its tests are written `file::function`, relative to `tests/`."""

    id: str
    description: str
    fast_tests: tuple[str, ...]
    slow_tests: tuple[str, ...] = ()


REQUIREMENTS = (
    Requirement(
        "T01",
        "A port that refuses connections is tried at most three times; one line names it.",
        ("e2e/test_call.py::test_a_refused_port_is_named_and_tried_three_times",),
    ),
    Requirement(
        "T02",
        "An unknown host name ends a call before its timeout; the message names the host.",
        ("e2e/test_connect.py::test_an_unknown_host_is_reported",),
    ),
    Requirement(
        "T04",
        "Several addresses that do not respond share the time limit of the command.",
        (
            "session/test_dial.py::test_unresponsive_addresses_share_the_time",
            "e2e/test_connect.py::test_four_unresponsive_addresses_share_the_time",
        ),
    ),
    Requirement(
        "T05",
        "A server that accepts and sends nothing, before or after TLS, costs one timeout.",
        (
            "e2e/test_call.py::test_silence_after_the_connect_ends_at_the_timeout",
            "e2e/test_connect.py::test_a_server_that_stops_responding_ends_at_the_timeout",
        ),
    ),
    Requirement(
        "T06",
        "A handshake that arrives byte by byte does not extend the timeout.",
        ("e2e/test_call.py::test_a_dripped_handshake_ends_at_the_timeout",),
    ),
    Requirement(
        "T07",
        "If the upgrade fails, the HTTP status is reported; only transient errors are retried.",
        (
            "session/test_transport.py::test_a_response_that_is_not_an_upgrade_is_an_error",
            "e2e/test_connect.py::test_an_http_error_instead_of_the_upgrade_is_reported",
            "e2e/test_connect.py::test_a_wrong_accept_header_is_not_a_websocket_server",
            "e2e/test_connect.py::test_two_hundred_headers_are_too_many",
        ),
    ),
    Requirement(
        "T08",
        "HTTP redirects are never followed.",
        (
            "session/test_transport.py::test_a_response_that_is_not_an_upgrade_is_an_error",
            "e2e/test_connect.py::test_a_redirect_is_never_followed",
        ),
    ),
    Requirement(
        "T09",
        "An invalid certificate ends the connection before any application data is sent.",
        ("e2e/test_connect.py::test_an_invalid_certificate_is_refused",),
    ),
    Requirement(
        "T10",
        "TLS versions before 1.2 are refused.",
        ("e2e/test_connect.py::test_old_versions_of_tls_are_refused",),
    ),
    Requirement(
        "T11",
        "A private certificate authority can be set by an option or by the usual variable.",
        ("e2e/test_connect.py::test_a_private_certificate_authority_can_be_configured",),
    ),
    Requirement(
        "T13",
        "A proxy sees only a CONNECT request; its password is never printed.",
        (
            "e2e/test_connect.py::test_a_proxy_sees_only_one_connect_request",
            "e2e/test_connect.py::test_only_the_proxy_gets_the_proxy_password",
            "e2e/test_connect.py::test_an_unreachable_proxy_is_reported",
            "e2e/test_connect.py::test_an_invalid_proxy_url_is_a_usage_error_that_does_not_quote_it",
        ),
    ),
    Requirement(
        "T15",
        "A refused login is not retried.",
        (
            "e2e/test_connect.py::test_a_refused_login_is_not_retried",
            "e2e/test_listen.py::test_a_refused_login_ends_with_the_reason",
            "e2e/test_stream.py::test_a_refused_login_is_reported_for_every_value",
        ),
    ),
    Requirement(
        "T17",
        "No call is sent before the login's response.",
        (
            "e2e/test_call.py::test_no_call_is_sent_before_the_login_response",
            "e2e/test_connect.py::test_a_login_without_a_response_ends_at_the_timeout",
            "session/test_login.py::test_a_login_without_a_response_ends_at_its_deadline",
        ),
    ),
    Requirement(
        "T18",
        "Messages before the login's response are neither mistaken for it nor lost.",
        (
            "e2e/test_call.py::test_messages_before_the_logins_response_are_ignored",
            "e2e/test_connect.py::test_other_messages_before_the_login_response_are_skipped",
            "e2e/test_listen.py::test_pushes_before_the_login_response_are_printed",
            "session/test_login.py::test_other_messages_are_not_the_login_response",
        ),
    ),
    Requirement(
        "T19",
        "A redirect to another region is followed once, and the call is sent there.",
        (
            "session/test_connector.py::test_the_named_region_is_used",
            "e2e/test_connect.py::test_a_redirect_to_another_region_is_followed_once",
            "e2e/test_stream.py::test_a_redirect_to_another_region_is_followed_once",
        ),
    ),
    Requirement(
        "T21",
        "Regions that redirect to each other get one connection each.",
        (
            "session/test_connector.py::test_two_regions_that_name_each_other_are_an_error",
            "e2e/test_connect.py::test_regions_that_redirect_to_each_other_are_an_error",
            "e2e/test_listen_reconnect.py::test_a_login_in_the_wrong_region_is_redirected_once",
            "flows/test_call.py::test_an_unknown_region_is_not_followed",
        ),
    ),
    Requirement(
        "T22",
        "Newlines and the scheme in a token file do not change the login.",
        ("e2e/test_tokens.py::test_a_newline_and_a_scheme_in_a_token_file_are_removed",),
    ),
    Requirement(
        "T23",
        "An invalid token is refused without quoting it.",
        ("e2e/test_tokens.py::test_an_invalid_token_is_refused_without_quoting_it",),
    ),
    Requirement(
        "T24",
        "Without a token there is no prompt and no connection.",
        ("e2e/test_tokens.py::test_without_a_token_there_is_no_prompt_and_no_connection",),
    ),
    Requirement(
        "T25",
        "A call that changes something and may have been executed is unknown and never resent.",
        ("e2e/test_call.py::test_a_call_that_may_have_run_is_not_sent_again",),
    ),
    Requirement(
        "T26",
        "A lost read is resent, with random delays and three attempts in all.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_lost_read_is_sent_again",
            "flows/test_call.py::test_a_call_is_attempted_three_times_at_most",
            "protocol/test_reconnection.py::test_the_longest_backoff_delay_doubles_up_to_20_seconds",
        ),
    ),
    Requirement(
        "T28",
        "Each close code has the right effect, and its reason is escaped.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_close_with_a_call_in_flight_is_never_success",
            "e2e/test_call.py::test_a_read_is_resent_unless_the_close_code_forbids_it",
            "e2e/test_call.py::test_an_overloaded_server_gets_at_least_a_second",
        ),
    ),
    Requirement(
        "T29",
        "A partition after the call was sent ends it at the timeout; it is sent once.",
        (
            "session/test_session.py::test_a_silent_connection_is_lost",
            "e2e/test_call.py::test_silence_after_sending_ends_at_the_timeout",
            "e2e/test_stream.py::test_a_call_without_a_response_does_not_stop_the_stream",
        ),
    ),
    Requirement(
        "T30",
        "A response after the server's own time limit is accepted.",
        ("session/test_options.py::test_the_timers_fit_those_of_the_server",),
        ("e2e/test_call.py::test_a_response_after_the_servers_limit_is_accepted",),
    ),
    Requirement(
        "T32",
        "Ten thousand pushes before a response take no memory.",
        ("e2e/test_call.py::test_pushes_before_the_response_are_skipped",),
    ),
    Requirement(
        "T33",
        "A response to another request is ignored.",
        (
            "protocol/test_messages.py::test_type_decides_before_request_id",
            "e2e/test_call.py::test_a_response_to_another_request_is_ignored",
            "e2e/test_stream.py::test_other_messages_are_ignored",
            "flows/test_call.py::test_pushes_are_passed_on_and_foreign_responses_ignored",
        ),
    ),
    Requirement(
        "T34",
        "A duplicate response is printed once.",
        (
            "e2e/test_call.py::test_a_duplicate_response_is_printed_once",
            "e2e/test_stream.py::test_other_messages_are_ignored",
            "flows/test_call.py::test_pushes_are_passed_on_and_foreign_responses_ignored",
        ),
    ),
    Requirement(
        "T35",
        "A malformed response leaves the outcome unknown, without a crash.",
        (
            "e2e/test_call.py::test_a_malformed_response_leaves_the_outcome_unknown",
            "e2e/test_call.py::test_a_response_without_a_request_id_is_ignored",
            "protocol/test_messages.py::test_an_invalid_message_is_a_protocol_error",
        ),
    ),
    Requirement(
        "T36",
        "Frames that violate the protocol end the connection with the right close code.",
        (
            "session/test_transport.py::test_a_protocol_error_ends_the_connection",
            "session/test_session.py::test_a_malformed_message_ends_the_session",
            "e2e/test_call.py::test_a_malformed_response_leaves_the_outcome_unknown",
            "e2e/test_call.py::test_an_invalid_frame_gets_the_right_close_code",
            "protocol/test_messages.py::test_an_invalid_message_is_a_protocol_error",
        ),
    ),
    Requirement(
        "T38",
        "No message takes more memory than the limit, even if fragmented or compressed.",
        (
            "session/test_transport.py::test_a_protocol_error_ends_the_connection",
            "e2e/test_call.py::test_a_large_fragmented_response_is_complete",
            "e2e/test_call.py::test_a_hundred_thousand_fragments_of_one_byte_are_one_message",
            "e2e/test_call.py::test_a_message_above_the_limit_is_refused_by_its_header",
            "e2e/test_call.py::test_a_compression_bomb_is_not_decompressed",
            "e2e/test_call.py::test_a_message_that_grows_beyond_the_limit_is_not_kept",
        ),
    ),
    Requirement(
        "T40",
        "A throttled call is resent after growing, random delays; finally its status is busy.",
        (
            "e2e/test_call.py::test_a_throttled_call_is_resent_because_it_was_not_executed",
            "e2e/test_call.py::test_a_call_that_is_always_throttled_is_busy",
            "e2e/test_stream.py::test_a_throttled_call_is_sent_again",
            "flows/test_call.py::test_a_call_is_attempted_three_times_at_most",
            "protocol/test_reconnection.py::test_the_longest_backoff_delay_doubles_up_to_20_seconds",
        ),
    ),
    Requirement(
        "T41",
        "After an ambiguous error, a read is resent; a call that changes something never is.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_an_ambiguous_error_is_resent_for_reads_only",
            "e2e/test_stream.py::test_an_error_response_does_not_stop_the_others",
        ),
    ),
    Requirement(
        "T42",
        "A refused call is reported with the error type, sent once, and prints no result.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_refusal_is_reported_and_prints_no_result",
            "e2e/test_stream.py::test_an_error_response_does_not_stop_the_others",
        ),
    ),
    Requirement(
        "T43",
        "A call that was certainly not executed is resent, whatever its retry class.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_throttled_call_is_resent_because_it_was_not_executed",
            "e2e/test_stream.py::test_a_throttled_call_is_sent_again",
        ),
    ),
    Requirement(
        "T44",
        "A thousand values make a thousand records with one login.",
        ("e2e/test_stream.py::test_each_value_is_one_call_and_one_record",),
    ),
    Requirement(
        "T45",
        "A connection lost during a stream costs at most the window; nothing is executed twice.",
        ("e2e/test_stream.py::test_a_lost_connection_costs_at_most_the_window",),
    ),
    Requirement(
        "T48",
        "Records are in input order for any order of the responses.",
        ("e2e/test_stream.py::test_records_are_in_input_order_for_any_response_order",),
    ),
    Requirement(
        "T49",
        "A malformed value gets a record between the others.",
        (
            "e2e/test_stream_input.py::test_a_malformed_line_is_a_record_between_the_others",
            "protocol/test_json_stream.py::test_a_malformed_line_is_one_error",
        ),
    ),
    Requirement(
        "T50",
        "A value that is incomplete at the end of the input is not sent.",
        (
            "protocol/test_json_stream.py::test_a_truncated_value_is_an_error",
            "e2e/test_stream_input.py::test_an_incomplete_value_is_never_sent",
        ),
    ),
    Requirement(
        "T51",
        "An empty input makes no calls and no connection.",
        (
            "protocol/test_json_stream.py::test_an_empty_input_has_no_values",
            "e2e/test_stream_input.py::test_an_empty_input_does_nothing",
        ),
    ),
    Requirement(
        "T52",
        "A stream that waits for its next value keeps its connection alive by pings.",
        ("e2e/test_stream.py::test_an_idle_stream_is_kept_alive",),
        ("e2e/test_stream.py::test_an_idle_stream_is_kept_alive",),
    ),
    Requirement(
        "T55",
        "Retries have a quota, so that a stream that is always throttled ends.",
        ("e2e/test_stream.py::test_retries_have_a_quota",),
    ),
    Requirement(
        "T56",
        "Memory does not grow with the size of the input.",
        ("e2e/test_stream_output.py::test_memory_does_not_grow_with_the_input",),
        ("e2e/test_stream_output.py::test_memory_is_flat_over_a_million_values",),
    ),
    Requirement(
        "T57",
        "Never more calls than the window are in flight.",
        ("e2e/test_stream.py::test_the_window_limits_the_calls_in_flight",),
    ),
    Requirement(
        "T58",
        "A push is written to the pipe within 0.1 s.",
        ("e2e/test_listen.py::test_a_push_is_visible_to_a_pipe_within_100_ms",),
    ),
    Requirement(
        "T60",
        "A partition without a FIN is detected within 25 s; a slow connection is kept.",
        (
            "session/test_session.py::test_a_silent_connection_is_lost",
            "e2e/test_listen_reconnect.py::test_a_partition_without_a_fin_is_detected",
            "e2e/test_listen_reconnect.py::test_a_slow_connection_is_kept",
        ),
        ("e2e/test_listen_reconnect.py::test_a_partition_is_detected_within_25_seconds",),
    ),
    Requirement(
        "T61",
        "Listening survives every kind of connection loss, and never counts it as success.",
        ("e2e/test_listen_reconnect.py::test_a_lost_connection_is_reestablished_after_a_gap",),
    ),
    Requirement(
        "T62",
        "During an outage there are few attempts, at limited delays, and a quick return.",
        (
            "protocol/test_reconnection.py::test_the_ceiling_doubles_from_half_a_second_to_30_seconds",
            "e2e/test_listen_reconnect.py::test_an_outage_ends_with_a_reconnection",
            "e2e/test_listen_reconnect.py::test_an_outage_of_ten_minutes_has_few_attempts_and_a_quick_return",
            "protocol/test_reconnection.py::test_an_outage_of_ten_minutes_has_at_most_60_attempts",
            "protocol/test_reconnection.py::test_the_client_reconnects_within_30_seconds_of_the_recovery",
        ),
    ),
    Requirement(
        "T64",
        "Many listeners do not reconnect at the same time.",
        (
            "e2e/test_listen_reconnect.py::test_a_hundred_listeners_do_not_reconnect_at_once",
            "protocol/test_reconnection.py::test_a_hundred_clients_reconnect_spread_out",
        ),
    ),
    Requirement(
        "T65",
        "A terminal disconnect reason is printed, and ends the client at once.",
        (
            "e2e/test_listen_reconnect.py::test_a_terminal_reason_is_printed_and_ends_listening",
            "e2e/test_stream.py::test_the_disconnect_reason_decides_about_reconnecting",
        ),
    ),
    Requirement(
        "T67",
        "An expired token is reread from its source; if it is unchanged, the client ends.",
        (
            "e2e/test_listen_reconnect.py::test_an_expired_token_is_reread_from_its_source",
            "e2e/test_listen_reconnect.py::test_an_expired_token_that_does_not_change_ends_listening",
        ),
    ),
    Requirement(
        "T68",
        "A reader that pauses for minutes loses no push, no connection, and costs no memory.",
        (
            "session/test_session.py::test_a_busy_process_reads_before_it_gives_up",
            "e2e/test_listen_output.py::test_a_reader_that_stops_loses_nothing_and_keeps_the_connection",
        ),
        ("e2e/test_listen_output.py::test_a_reader_that_stops_for_two_minutes_loses_nothing",),
    ),
    Requirement(
        "T70",
        "A signal while the output is not being read ends soon and leaves complete lines.",
        (
            "e2e/test_listen_output.py::test_a_signal_tears_no_line_if_the_pipe_is_full",
            "e2e/test_stream_signals.py::test_a_signal_while_output_is_not_read_leaves_complete_lines",
        ),
    ),
    Requirement(
        "T72",
        "Reconnecting a thousand times leaks no descriptors, threads or memory.",
        ("e2e/test_listen_reconnect.py::test_reconnecting_leaves_nothing_behind",),
        ("e2e/test_listen_reconnect.py::test_reconnecting_leaves_nothing_behind",),
    ),
    Requirement(
        "T73",
        "A million pushes are printed in order, and memory is flat.",
        ("e2e/test_listen.py::test_ten_thousand_pushes_keep_their_order",),
        ("e2e/test_listen_reconnect.py::test_memory_is_flat_over_a_million_pushes",),
    ),
    Requirement(
        "T74",
        "A process that was stopped reconnects and prints a gap.",
        ("e2e/test_listen_reconnect.py::test_a_process_that_was_stopped_reconnects_with_a_gap",),
        (
            "e2e/test_listen_reconnect.py::test_a_process_that_was_stopped_for_90_seconds_reconnects_with_a_gap",
        ),
    ),
    Requirement(
        "T75",
        "A jump of the wall clock does not affect timers.",
        (
            "flows/listen/test_flow.py::test_a_jump_of_the_wall_clock_changes_nothing",
            "e2e/test_process_environment.py::test_a_jumping_clock_does_not_change_timeouts",
        ),
    ),
    Requirement(
        "T76",
        "Many control frames, with fragments between them, are harmless.",
        (
            "e2e/test_call.py::test_many_control_frames_are_harmless",
            "e2e/test_listen_reconnect.py::test_unusual_but_valid_frames_are_harmless",
        ),
    ),
    Requirement(
        "T78",
        "The server's text on standard error contains no terminal control characters.",
        (
            "cli/io/test_stderr.py::test_control_characters_are_escaped",
            "e2e/test_call.py::test_control_characters_are_escaped_in_messages",
            "e2e/test_listen_reconnect.py::test_a_close_reason_is_escaped_in_notices_and_gaps",
            "e2e/test_terminal.py::test_the_servers_messages_are_escaped_on_a_terminal",
        ),
    ),
    Requirement(
        "T79",
        "Results and pushes contain no terminal control characters; their values are unchanged.",
        (
            "cli/io/test_records.py::test_terminal_control_characters_are_escaped",
            "e2e/test_call.py::test_control_characters_are_escaped_in_results",
            "e2e/test_listen.py::test_a_push_is_one_escaped_line_in_utf_8_in_any_locale",
            "e2e/test_listen_output.py::test_pushes_are_escaped_on_a_terminal",
            "e2e/test_terminal.py::test_a_result_is_escaped_on_a_terminal",
        ),
    ),
    Requirement(
        "T82",
        "Numbers keep all their digits.",
        (
            "e2e/test_call.py::test_no_digit_is_changed",
            "e2e/test_listen.py::test_every_push_is_printed_unchanged_on_one_line",
            "e2e/test_stream_input.py::test_numbers_keep_all_digits",
        ),
    ),
    Requirement(
        "T83",
        "A push of several lines is printed as one.",
        ("e2e/test_listen.py::test_a_push_is_one_escaped_line_in_utf_8_in_any_locale",),
    ),
    Requirement(
        "T84",
        "Line separators and NUL in strings are kept and do not break lines.",
        (
            "e2e/test_call.py::test_control_characters_are_escaped_in_results",
            "e2e/test_listen.py::test_a_push_is_one_escaped_line_in_utf_8_in_any_locale",
        ),
    ),
    Requirement(
        "T85",
        "Output is UTF-8 in any locale.",
        (
            "e2e/test_listen.py::test_a_push_is_one_escaped_line_in_utf_8_in_any_locale",
            "e2e/test_process_environment.py::test_any_locale_writes_utf8",
        ),
    ),
    Requirement(
        "T87",
        "Unusual JSON is accepted; invalid JSON is reported with its position and never sent.",
        (
            "e2e/test_bad_input.py::test_bad_json_is_refused_with_its_position",
            "e2e/test_bad_input.py::test_a_number_of_any_length_keeps_its_digits",
            "e2e/test_bad_input.py::test_a_file_that_is_not_utf8_is_reported",
            "e2e/test_bad_input.py::test_payload_files_may_have_any_common_layout",
            "e2e/test_listen.py::test_every_push_is_printed_unchanged_on_one_line",
            "e2e/test_listen.py::test_an_invalid_message_is_reported_as_a_gap",
            "e2e/test_stream_input.py::test_values_may_have_any_layout",
            "e2e/test_stream_input.py::test_invalid_json_is_not_sent",
            "protocol/test_json_stream.py::test_a_malformed_line_is_one_error",
            "protocol/test_json_stream.py::test_utf_16_is_one_error",
        ),
    ),
    Requirement(
        "T89",
        "A full disk is reported together with the executed calls.",
        (
            "cli/commands/test_method.py::test_an_unprinted_response_is_an_error_of_an_executed_call",
            "cli/io/test_stdout.py::test_a_full_disk_is_reported_with_what_was_done_before",
            "e2e/test_stream_output.py::test_a_full_disk_stops_the_stream",
            "e2e/test_process_environment.py::test_a_full_disk_is_reported_after_the_call",
        ),
    ),
    Requirement(
        "T90",
        "If standard error is closed, no message is written to the socket.",
        (
            "test___main__.py::test_closed_streams_are_filled_before_a_socket_takes_their_number",
            "e2e/test_process_environment.py::test_a_closed_standard_error_never_reaches_the_socket",
        ),
    ),
    Requirement(
        "T91",
        "Closed or broken standard streams are reported before sending, and block nothing.",
        (
            "cli/io/test_stdout.py::test_a_closed_standard_output_is_an_error",
            "test___main__.py::test_closed_streams_are_filled_before_a_socket_takes_their_number",
            "e2e/test_stream_input.py::test_a_closed_standard_input_is_reported",
            "e2e/test_stream_input.py::test_an_input_error_is_not_an_empty_input",
            "e2e/test_stream_output.py::test_a_closed_standard_output_sends_nothing",
            "e2e/test_process_environment.py::test_a_closed_standard_output_stops_the_call_before_it_is_sent",
            "e2e/test_process_environment.py::test_with_all_streams_closed_the_status_is_right",
        ),
    ),
    Requirement(
        "T92",
        "A signal ends every phase within two seconds; calls that may have run are named.",
        (
            "e2e/test_listen_output.py::test_a_signal_ends_the_command_within_two_seconds",
            "e2e/test_stream_signals.py::test_a_signal_ends_a_stream_and_every_outcome_is_reported",
            "e2e/test_stream_signals.py::test_a_signal_with_nothing_in_flight_ends_at_once",
            "e2e/test_stream_signals.py::test_a_signal_ends_a_stream_within_two_seconds",
            "e2e/test_process_environment.py::test_a_signal_ends_a_call_in_any_phase",
            "e2e/test_syscall_faults.py::test_a_signal_during_a_system_call_never_sends_twice",
        ),
        ("e2e/test_syscall_faults.py::test_a_signal_during_any_system_call_never_sends_twice",),
    ),
    Requirement(
        "T93",
        "A signal that was ignored at the start stays ignored.",
        (
            "test___main__.py::test_an_ignored_signal_stays_ignored_after_another",
            "e2e/test_listen_output.py::test_ignored_signals_stay_ignored",
            "e2e/test_process_environment.py::test_an_ignored_hangup_does_not_end_a_call",
        ),
    ),
    Requirement(
        "T94",
        "A second signal ends the process at once.",
        (
            "test___main__.py::test_a_second_signal_of_any_kind_ends_the_process",
            "test___main__.py::test_a_signal_ends_a_wait_that_it_does_not_interrupt",
            "e2e/test_listen_output.py::test_a_second_signal_ends_the_command_at_once",
            "e2e/test_stream_signals.py::test_a_second_signal_ends_a_stream_at_once",
            "e2e/test_process_environment.py::test_a_second_signal_ends_a_call_at_once",
        ),
    ),
    Requirement(
        "T95",
        "A bare environment is enough, and success prints nothing on standard error.",
        (
            "e2e/test_listen.py::test_success_prints_nothing_on_standard_error_in_a_bare_environment",
            "e2e/test_process_environment.py::test_an_empty_environment_is_sufficient",
            "e2e/test_process_environment.py::test_an_ignored_sigpipe_changes_nothing",
        ),
    ),
    Requirement(
        "T96",
        "A configuration is written atomically, for its owner only, and not through a link.",
        (
            "cli/commands/test_config.py::test_file_and_directory_are_private",
            "cli/commands/test_config.py::test_a_symbolic_link_is_rejected",
            "cli/commands/test_config.py::test_a_kill_in_the_middle_leaves_a_complete_file",
        ),
    ),
    Requirement(
        "T97",
        "A configured token that others can read is refused; a token file gets a warning.",
        (
            "e2e/test_tokens.py::test_a_configured_token_that_others_can_read_is_refused",
            "e2e/test_tokens.py::test_a_token_file_that_others_can_read_gets_a_warning",
        ),
    ),
    Requirement(
        "T99",
        "Calls work without a home folder, a user name and write permission.",
        ("e2e/test_tokens.py::test_a_call_works_without_a_home_folder",),
    ),
    Requirement(
        "T100",
        "Calls work with a read-only home folder.",
        ("e2e/test_tokens.py::test_a_call_works_with_a_read_only_home_folder",),
    ),
    Requirement(
        "T102",
        "No argument and no environment of a child process contains the token.",
        (
            "e2e/test_process_environment.py::test_the_token_is_in_no_argument",
            "e2e/test_tokens.py::test_a_command_gets_neither_token_nor_input",
            "e2e/test_tokens.py::test_the_process_list_shows_no_token",
        ),
    ),
    Requirement(
        "T103",
        "A token in a login's arguments or payload is refused, neither sent nor quoted.",
        (
            "e2e/test_bad_input.py::test_a_token_is_never_taken_from_the_command_line",
            "e2e/test_stream.py::test_a_login_in_a_stream_is_refused",
            "e2e/test_tokens.py::test_a_token_in_the_arguments_of_a_login_is_refused",
            "e2e/test_tokens.py::test_a_streamed_login_is_not_sent",
        ),
    ),
    Requirement(
        "T104",
        "A token command gets no input, has a time limit, and its failure is reported.",
        (
            "settings/test_token_command.py::test_a_command_that_hangs_is_killed_with_its_children",
            "e2e/test_tokens.py::test_a_command_gets_neither_token_nor_input",
            "e2e/test_tokens.py::test_a_command_that_fails_is_an_auth_error",
            "e2e/test_tokens.py::test_a_command_that_hangs_is_killed_at_max_time",
        ),
        ("e2e/test_tokens.py::test_a_command_that_hangs_is_killed_after_ten_seconds",),
    ),
    Requirement(
        "T105",
        "Help, completion and usage errors print no token.",
        ("e2e/test_tokens.py::test_commands_without_a_connection_print_no_token",),
    ),
    Requirement(
        "T106",
        "An unsafe URL is refused before any name is resolved.",
        ("e2e/test_connect.py::test_an_unsafe_url_is_refused_before_dns",),
    ),
    Requirement(
        "T107",
        "There are no core dumps.",
        ("e2e/test_process_environment.py::test_core_dumps_are_disabled",),
    ),
    Requirement(
        "T108",
        "A TLS key log file gets one warning.",
        ("e2e/test_connect.py::test_a_tls_key_log_file_gets_a_warning",),
    ),
    Requirement(
        "T109",
        "If a system call fails or is interrupted, the status is true and nothing runs twice.",
        (
            "e2e/test_syscall_faults.py::test_a_failed_system_call_is_reported_truthfully",
            "e2e/test_syscall_faults.py::test_a_signal_during_a_system_call_never_sends_twice",
            "e2e/test_syscall_faults_exhaustive.py::test_a_call_reports_every_failure_truthfully",
            "e2e/test_syscall_faults_exhaustive.py::test_a_call_reports_every_file_failure_truthfully",
            "e2e/test_syscall_faults_exhaustive.py::test_a_stream_reports_every_failure_truthfully",
            "e2e/test_syscall_faults_exhaustive.py::test_a_stream_reports_every_input_failure_truthfully",
        ),
        ("e2e/test_syscall_faults.py::test_a_signal_during_any_system_call_never_sends_twice",),
    ),
    Requirement(
        "T110",
        "Six laws of every stream hold with any server behavior.",
        ("flows/stream/test_invariants.py::test_the_laws_hold_whatever_the_server_does",),
        ("flows/stream/test_invariants.py::test_the_laws_hold_ten_thousand_times",),
    ),
    Requirement(
        "T111",
        "What the server says is read leniently; only the response itself decides a call.",
        (
            "e2e/test_wait.py::test_an_unknown_message_does_not_end_the_wait",
            "protocol/test_json_codec.py::test_what_a_server_sends_may_be_deep_and_contain_lone_surrogates",
            "protocol/test_messages.py::test_a_protocol_error_knows_the_request",
            "e2e/test_call.py::test_what_follows_the_grammar_is_printed_as_it_came",
            "e2e/test_call.py::test_a_page_may_contain_half_of_a_surrogate_pair",
            "e2e/test_call.py::test_a_message_that_is_not_the_response_never_decides_a_call",
        ),
    ),
    Requirement(
        "T112",
        "A separate word that is exactly an option is not the value of another option.",
        (
            "cli/test_command.py::test_a_value_may_start_with_a_hyphen",
            "cli/test_command.py::test_an_option_is_no_value_of_another",
        ),
    ),
    Requirement(
        "T113",
        "A profile that a flag names comes before variables; where and who are one setting each.",
        (
            "settings/test_resolve.py::test_a_profile_that_a_flag_names_comes_before_the_variables",
            "settings/test_resolve.py::test_a_sandbox_accepts_any_profile_and_reads_none",
        ),
    ),
    Requirement(
        "T114",
        "HTTP 401 and 403 at the upgrade, and a region out of reach, are failures to connect.",
        (
            "e2e/test_connect.py::test_an_http_error_instead_of_the_upgrade_is_reported",
            "e2e/test_connect.py::test_a_region_that_cannot_be_reached_is_no_connection",
            "e2e/test_listen_reconnect.py::test_a_gateway_that_refuses_the_upgrade_is_tried_again",
        ),
    ),
    Requirement(
        "T115",
        "With JSON errors, every line of standard error is one JSON object.",
        (
            "cli/io/test_stderr.py::test_every_line_is_json_if_errors_are",
            "cli/io/test_stderr.py::test_the_record_of_an_interruption_names_the_call",
            "e2e/test_all_pages.py::test_a_list_interrupted_at_its_first_page_has_no_flags",
            "e2e/test_json_errors.py::test_an_interrupted_call_has_its_action_and_id",
            "e2e/test_json_errors.py::test_an_interrupted_stream_names_the_input_of_each_call",
            "e2e/test_json_errors.py::test_the_notices_of_a_listener_are_json",
            "e2e/test_json_errors.py::test_warnings_logs_and_errors_are_json",
        ),
    ),
    Requirement(
        "T116",
        "A gap has its true length and never ends before it begins, whatever the wall clock does.",
        ("flows/listen/test_flow.py::test_a_gap_has_its_true_length_if_the_clock_is_set",),
    ),
    Requirement(
        "T117",
        "A token file that others can read is used; what the user can change is warned of.",
        (
            "settings/test_tokens.py::test_a_file_of_ours_that_everyone_can_read_is_a_warning",
            "settings/test_tokens.py::test_a_file_of_another_user_that_others_can_read_is_only_logged",
            "settings/test_permissions.py::test_a_secret_is_exposed_by_its_mode_owner_and_mount",
            "cli/test_connection.py::test_warnings_are_printed_unless_quiet",
            "e2e/test_tokens.py::test_a_token_file_that_others_can_read_gets_a_warning",
            "e2e/test_tokens.py::test_a_token_on_a_read_only_mount_gets_no_warning",
        ),
    ),
    Requirement(
        "T118",
        "An error about a value of a variable or profile names that source.",
        (
            "test_time_limit.py::test_the_message_names_what_set_the_limit",
            "settings/test_connect_options.py::test_a_wrong_ca_file_is_named_by_its_source",
            "settings/test_connect_options.py::test_the_source_of_the_url_is_known",
            "settings/test_connect_options.py::test_a_wrong_proxy_variable_is_not_called_a_flag",
            "session/test_connector.py::test_the_error_of_a_region_names_what_rules_it_out",
        ),
    ),
    Requirement(
        "T119",
        "A failure of the tool after a call was sent leaves its outcome unknown, and names it.",
        (
            "e2e/test_unexpected_errors.py::test_a_response_that_does_not_fit_into_memory_is_unknown",
            "e2e/test_unexpected_errors.py::test_a_failure_while_the_response_is_printed_is_unknown",
            "e2e/test_unexpected_errors.py::test_a_failure_before_the_call_is_sent_is_no_unknown_outcome",
            "e2e/test_unexpected_errors.py::test_a_stream_prints_its_records_and_names_what_is_in_flight",
            "e2e/test_unexpected_errors.py::test_a_stream_survives_a_response_that_does_not_fit_into_memory",
        ),
    ),
    Requirement(
        "T120",
        "A configuration that strangers can write is refused before anything of it counts.",
        (
            "settings/test_permissions.py::test_a_file_is_writable_by_its_group_or_by_all",
            "settings/test_permissions.py::test_a_device_is_not_checked",
            "settings/test_permissions.py::test_only_a_sudo_user_is_trusted_beside_us_and_root",
            "settings/test_profiles.py::test_a_default_file_of_another_user_is_rejected",
            "settings/test_profiles.py::test_a_file_that_others_can_write_is_rejected",
            "settings/test_profiles.py::test_another_group_must_not_write",
            "settings/test_profiles.py::test_the_private_group_of_the_owner_may_write",
            "settings/test_tokens.py::test_a_token_file_that_others_can_write_is_rejected",
        ),
    ),
    Requirement(
        "T122",
        "With --no-reconnect, only the first login of a process resets the routing status.",
        (
            "flows/stream/test_connection.py::test_every_login_after_the_first_is_a_reconnection",
            "e2e/test_call.py::test_only_the_first_login_of_a_call_follows_no_reconnect",
            "e2e/test_listen_reconnect.py::test_only_the_first_login_follows_no_reconnect",
        ),
    ),
    Requirement(
        "T123",
        "Of many pings only the latest is answered, so a peer that reads nothing takes no memory.",
        (
            "session/test_transport.py::test_only_the_latest_of_several_pings_is_answered",
            "session/test_transport.py::test_pings_of_a_peer_that_reads_nothing_take_no_memory",
        ),
    ),
    Requirement(
        "T124",
        "--max-time ends files, pipes, readers and stalled peers within a second.",
        (
            "test_time_limit.py::test_a_limit_that_is_not_the_default_is_for_output_too",
            "e2e/test_max_time.py::test_a_peer_that_stalls_at_the_end_of_a_stream_ends_at_max_time",
            "e2e/test_max_time.py::test_a_pipe_that_is_never_written_to_ends_at_max_time",
            "e2e/test_max_time.py::test_a_reader_that_stops_ends_a_call_at_max_time",
            "e2e/test_max_time.py::test_a_reader_that_stops_ends_a_list_at_max_time",
            "e2e/test_max_time.py::test_a_reader_that_stops_ends_a_listener_at_max_time",
            "e2e/test_max_time.py::test_every_source_of_max_time_limits_the_token_file",
            "e2e/test_max_time.py::test_standard_error_that_is_not_read_ends_at_max_time",
            "e2e/test_max_time.py::test_standard_input_as_a_token_ends_at_max_time",
        ),
    ),
    Requirement(
        "T125",
        "Web pages of other hosts cannot use the sandbox: neither connect nor know its tokens.",
        (
            "cli/commands/test_sandbox.py::test_the_first_line_lists_the_token_of_each_agent",
            "cli/commands/test_sandbox.py::test_each_sandbox_has_its_own_tokens",
            "cli/commands/test_sandbox.py::test_a_web_page_cannot_connect",
            "sandbox/domain/test_seeding.py::test_tokens_can_be_predicted_only_from_a_seed",
            "sandbox/server/test_websocket.py::test_web_pages_of_other_hosts_are_forbidden",
        ),
    ),
    Requirement(
        "T126",
        "A sandbox without resources ends with 2; a client whose wait fails ends with 5 or 7.",
        (
            "cli/commands/test_sandbox.py::test_too_few_descriptors_are_reported_at_once",
            "cli/commands/test_sandbox.py::test_a_missing_thread_is_reported_at_once",
            "e2e/test_syscall_faults.py::test_a_failed_wait_is_no_connection_or_an_unknown_outcome",
            "e2e/test_syscall_faults.py::test_a_failed_wait_of_a_stream_is_reported_with_all_records",
            "e2e/test_syscall_faults.py::test_a_failed_wait_of_a_listener_is_no_connection",
        ),
    ),
    Requirement(
        "T127",
        "If a thread or a callback of the tool dies, the command ends and reports it.",
        (
            "sandbox/test_server_thread.py::test_an_unexpected_exception_ends_the_server",
            "cli/commands/test_sandbox.py::test_the_end_of_the_server_is_the_end_of_the_command",
            "session/test_dial.py::test_a_lookup_that_fails_unexpectedly_is_no_timeout",
        ),
    ),
    Requirement(
        "T128",
        "The recipes retry what was not executed, and lose no exit status.",
        (
            "cli/io/test_systemd.py::test_listen_is_ready_after_each_login",
            "cli/io/test_systemd.py::test_listen_resets_the_watchdog",
            "test_readme.py::test_the_cron_script_retries_only_what_was_not_executed",
            "test_readme.py::test_the_loop_of_the_help_retries_only_what_was_not_executed",
            "test_readme.py::test_no_pipeline_with_listen_loses_a_status",
            "cli/help/recipes/test_deployment.py::test_systemd_accepts_the_unit",
            "cli/help/recipes/test_deployment.py::test_the_unit_ends_with_the_status_of_listen",
        ),
    ),
    Requirement(
        "T129",
        "The memory of a message is bounded by the number of its values, too.",
        (
            "protocol/test_json_codec.py::test_too_many_values_are_an_error",
            "e2e/test_call.py::test_a_response_of_too_many_values_is_unknown_and_a_push_a_gap",
        ),
    ),
    Requirement(
        "T130",
        "If redaction or reporting fails, nothing unmasked is printed, and the status stays.",
        (
            "test_errors.py::test_an_unexpected_error_is_reported_without_its_text",
            "e2e/test_unexpected_errors.py::test_a_failure_while_the_response_is_printed_is_unknown",
            "e2e/test_unexpected_errors.py::test_a_failure_while_an_error_is_reported_shows_no_secret",
        ),
    ),
    Requirement(
        "T131",
        "A large configuration is read in linear time; a lock is waited for briefly.",
        (
            "settings/test_writing.py::test_a_lock_is_not_waited_for_forever",
            "settings/test_profiles.py::test_a_large_file_is_read_in_linear_time",
            "settings/test_toml.py::test_the_time_is_proportional_to_the_text",
        ),
    ),
    Requirement(
        "T132",
        "A certificate must list the host as an alternative name; the common name does not count.",
        ("session/test_tls.py::test_a_common_name_is_not_a_host_name",),
    ),
    Requirement(
        "T133",
        "With --ca-file, a private CA without key usage is accepted; doctor explains errors.",
        (
            "session/test_tls.py::test_a_private_ca_without_key_usage_is_accepted",
            "cli/commands/test_doctor.py::test_a_certificate_error_is_explained",
        ),
    ),
    Requirement(
        "T134",
        "Ctrl-C while the program starts ends it without a traceback.",
        (
            "test___main__.py::test_ctrl_c_at_any_early_line_leaves_no_traceback",
            "test___main__.py::test_ctrl_c_while_modules_are_loaded_leaves_no_traceback",
        ),
    ),
    Requirement(
        "T135",
        "A push with duplicate keys is encoded anew, so that it cannot pretend to be a marker.",
        (
            "protocol/test_push_filter.py::test_a_push_cannot_pretend_to_be_a_marker",
            "protocol/test_push_filter.py::test_a_push_without_duplicate_keys_is_printed_as_received",
        ),
    ),
    Requirement(
        "T136",
        "A name server that never responds costs one thread, however often it is asked.",
        ("session/test_dial.py::test_lookups_that_hang_never_need_a_second_thread",),
    ),
    Requirement(
        "T137",
        "A frame log on a full disk ends with a whole line.",
        (
            "cli/commands/test_sandbox.py::test_a_log_on_a_full_disk_ends_with_a_whole_line",
            "sandbox/server/test_frame_log.py::test_no_part_of_a_line_remains_on_a_full_disk",
        ),
    ),
    Requirement(
        "T138",
        "An unusable default configuration is ignored if variables name server and token.",
        (
            "settings/test_resolve.py::test_a_default_file_that_is_not_usable_is_ignored_if_it_is_not_needed",
        ),
    ),
    Requirement(
        "T139",
        "What an editor or a paste adds to a token or URL is dropped or named.",
        (
            "settings/test_tokens.py::test_a_byte_order_mark_and_final_line_ends_are_dropped",
            "settings/test_tokens.py::test_what_a_paste_adds_to_a_token_is_named",
            "settings/test_types.py::test_what_is_wrong_is_named",
        ),
    ),
    Requirement(
        "T140",
        "A path may begin with the home directory; @- is standard input.",
        (
            "settings/test_tokens.py::test_a_path_may_begin_at_the_home_directory",
            "e2e/test_call.py::test_standard_input_may_be_named_like_a_file",
        ),
    ),
    Requirement(
        "T141",
        "Record separators are accepted; an array and UTF-16 in place of a stream are named.",
        (
            "protocol/test_json_stream.py::test_utf_16_is_one_error",
            "protocol/test_json_stream.py::test_other_bytes_are_not_utf_16",
            "protocol/test_json_stream.py::test_each_value_may_follow_a_record_separator",
            "protocol/test_json_stream.py::test_a_malformed_value_ends_at_the_next_record_separator",
            "protocol/test_json_codec.py::test_strict_errors_have_a_message_and_a_position",
            "protocol/test_json_codec.py::test_the_strict_decoder_ignores_white_space",
            "cli/commands/test_call.py::test_an_array_of_requests_is_not_a_stream",
            "cli/commands/test_call.py::test_standard_input_is_a_stream_of_payloads_or_requests",
            "cli/commands/test_method.py::test_an_array_is_not_a_stream",
        ),
    ),
    Requirement(
        "T142",
        "A value given twice, an empty id and an impossible date are refused.",
        (
            "protocol/test_validation.py::test_an_identifier_is_not_empty",
            "protocol/test_validation.py::test_an_id_of_open_type_is_not_empty",
            "protocol/test_validation.py::test_a_day_must_exist",
            "conformance/test_parameters.py::test_ids_and_tags_are_known_by_their_names",
            "conformance/test_parameters.py::test_ids_tags_and_filters_must_not_be_empty",
            "cli/test_command.py::test_a_parameter_that_takes_one_value_is_given_once",
            "cli/test_command.py::test_of_other_options_the_last_value_counts",
            "cli/commands/test_listen.py::test_a_listener_follows_one_chat",
            "settings/test_types.py::test_an_identifier_does_not_end_in_a_line_end",
        ),
    ),
    Requirement(
        "T143",
        "An unset filter, which would match everything, is refused.",
        (
            "protocol/test_validation.py::test_a_filter_is_not_empty",
            "conformance/test_parameters.py::test_ids_tags_and_filters_must_not_be_empty",
        ),
    ),
    Requirement(
        "T144",
        "A misspelled flag, member or push is answered with the nearest name.",
        (
            "protocol/test_validation.py::test_a_misspelled_member_explains_a_missing_one",
            "protocol/test_validation.py::test_a_misspelled_optional_member_is_a_note",
            "protocol/test_validation.py::test_a_member_beside_the_documented_one_is_not_misspelled",
            "protocol/test_validation.py::test_the_members_of_items_are_compared_too",
            "protocol/test_suggestions.py::test_the_nearest_candidate_is_what_was_meant",
            "cli/commands/test_method.py::test_a_misspelled_member_gets_a_warning",
            "cli/commands/test_method.py::test_an_unknown_push_to_wait_for_is_a_usage_error",
            "e2e/test_listen.py::test_an_unknown_push_name_is_a_usage_error",
        ),
    ),
    Requirement(
        "T145",
        "The completion scripts install as the help says, in a fresh home.",
        (
            "e2e/test_completion.py::test_the_lines_of_the_help_install_the_script",
            "e2e/test_completion.py::test_zsh_may_source_the_script",
        ),
    ),
    Requirement(
        "T146",
        "A dead address delays the next one by 250 ms; attempts overlap.",
        (
            "session/test_dial.py::test_a_dead_address_delays_the_next_one_by_a_quarter_of_a_second",
            "session/test_dial.py::test_a_slow_address_may_still_respond_after_the_next_one_failed",
            "session/test_dial.py::test_the_families_of_addresses_take_turns",
        ),
    ),
    Requirement(
        "T147",
        "no_proxy takes networks, a proxy's password is to be encoded, Retry-After is honored.",
        (
            "session/test_connector.py::test_retry_after_is_honored_within_the_time_limit",
            "session/test_endpoint.py::test_no_proxy_names_networks",
            "session/test_endpoint.py::test_what_a_proxys_password_must_encode_is_explained",
            "session/test_proxy.py::test_a_proxys_retry_after_is_honored",
            "websocket/test_handshake.py::test_retry_after_is_a_number_or_a_date",
            "e2e/test_listen_reconnect.py::test_a_listener_waits_as_the_server_asks",
        ),
    ),
    Requirement(
        "T148",
        "A legacy locale changes nothing of what the user typed.",
        (
            "e2e/test_locale.py::test_arguments_and_paths_are_utf8",
            "e2e/test_locale.py::test_bytes_that_are_not_utf8_are_never_guessed",
        ),
    ),
    Requirement(
        "T149",
        "An interrupted read says how to continue a list, and speaks of no effects.",
        (
            "cli/io/test_stderr.py::test_an_interrupted_read_has_no_effects",
            "e2e/test_all_pages.py::test_a_list_interrupted_at_its_first_page_has_no_flags",
            "e2e/test_all_pages.py::test_an_interrupted_list_says_how_to_continue",
        ),
    ),
    Requirement(
        "T150",
        "A new user's first mistakes are answered with what to do.",
        (
            "cli/commands/test_sandbox.py::test_a_port_in_use_is_one_line_that_helps",
            "cli/commands/test_sandbox.py::test_a_port_of_root_is_one_line_that_helps",
            "settings/test_tokens.py::test_a_missing_token_names_the_profiles",
            "cli/test_app.py::test_a_bare_command_prints_its_help",
            "cli/commands/test_method.py::test_a_skeleton_has_the_values_of_flags",
            "cli/commands/test_call.py::test_waiting_input_that_is_not_read_is_a_warning",
        ),
    ),
)
