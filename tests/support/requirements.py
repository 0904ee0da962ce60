"""What must survive, row by row, and the tests that prove it.

A row is a fault or an odd input with what is asked of `rtm` then. Each test names its rows at the
beginning of its docstring; `test_rows` holds that this table and the docstrings agree. Tests that
are behind the marker `slow`, as they take long, stand apart; each row has a quick one as well.
"""

from typing import NamedTuple


class Requirement(NamedTuple):
    """One row; its tests are written `file::function`, seen from this folder."""

    id: str
    description: str
    fast_tests: tuple[str, ...]
    slow_tests: tuple[str, ...] = ()


REQUIREMENTS = (
    Requirement(
        "T01",
        "A port that refuses gets three tries at the most, and one line that names it.",
        ("e2e/test_call.py::test_a_refused_port_is_named_and_tried_three_times",),
    ),
    Requirement(
        "T02",
        "A name that nobody knows ends a call before its timeout, with the name in the message.",
        ("e2e/test_connect.py::test_a_host_that_is_not_there_is_told",),
    ),
    Requirement(
        "T04",
        "Several addresses that swallow everything share the time that the whole command has.",
        (
            "session/test_dial.py::test_addresses_that_swallow_everything_share_the_time",
            "e2e/test_connect.py::test_four_addresses_that_swallow_everything_share_the_time",
        ),
    ),
    Requirement(
        "T05",
        "A server that accepts and then says nothing, before TLS or behind it, costs one timeout.",
        (
            "e2e/test_call.py::test_silence_after_the_connect_ends_at_the_timeout",
            "e2e/test_connect.py::test_a_server_that_falls_silent_ends_at_the_timeout",
        ),
    ),
    Requirement(
        "T06",
        "A handshake that comes byte by byte does not stretch the timeout.",
        ("e2e/test_call.py::test_a_dripped_handshake_ends_at_the_timeout",),
    ),
    Requirement(
        "T07",
        "What is no upgrade is told by its HTTP status alone; only what may pass is tried again.",
        (
            "session/test_transport.py::test_what_is_no_upgrade_is_no_link",
            "e2e/test_connect.py::test_an_http_status_in_place_of_the_upgrade_is_told",
            "e2e/test_connect.py::test_a_proof_that_is_wrong_is_no_server",
            "e2e/test_connect.py::test_two_hundred_headers_are_too_many",
        ),
    ),
    Requirement(
        "T08",
        "Redirects are not followed, wherever they lead.",
        (
            "session/test_transport.py::test_what_is_no_upgrade_is_no_link",
            "e2e/test_connect.py::test_a_redirect_is_never_followed",
        ),
    ),
    Requirement(
        "T09",
        "A certificate that does not hold ends the way before a byte goes inside TLS.",
        ("e2e/test_connect.py::test_a_certificate_that_does_not_hold_ends_it",),
    ),
    Requirement(
        "T10",
        "Nobody is spoken to in versions of TLS before 1.2.",
        ("e2e/test_connect.py::test_old_versions_of_tls_are_refused",),
    ),
    Requirement(
        "T11",
        "An authority of one's own can be named by an option or by the usual variable.",
        ("e2e/test_connect.py::test_an_authority_of_ones_own_is_trusted_where_it_is_named",),
    ),
    Requirement(
        "T13",
        "A proxy sees a CONNECT and nothing else; its password shows nowhere.",
        (
            "e2e/test_connect.py::test_a_proxy_carries_what_it_cannot_read",
            "e2e/test_connect.py::test_a_proxy_gets_its_password_and_nobody_else",
            "e2e/test_connect.py::test_a_proxy_that_is_down_is_tried_again_and_told",
            "e2e/test_connect.py::test_a_proxy_that_cannot_be_used_is_a_mistake_that_quotes_nothing",
        ),
    ),
    Requirement(
        "T15",
        "A login that is refused is not tried again.",
        (
            "e2e/test_connect.py::test_a_login_that_is_refused_is_not_tried_again",
            "e2e/test_listen.py::test_a_refused_login_ends_with_the_reason",
            "e2e/test_stream.py::test_a_refused_login_is_told_of_every_value",
        ),
    ),
    Requirement(
        "T17",
        "No call leaves before the login is answered.",
        (
            "session/test_login.py::test_a_login_without_a_response_ends_at_its_deadline",
            "e2e/test_call.py::test_no_call_leaves_before_the_login_is_answered",
            "e2e/test_connect.py::test_a_login_that_is_never_answered_ends_at_the_timeout",
        ),
    ),
    Requirement(
        "T18",
        "What comes before the login's answer is not taken for it, nor lost.",
        (
            "session/test_login.py::test_other_messages_are_not_the_login_response",
            "e2e/test_call.py::test_what_comes_before_the_logins_answer_is_not_taken_for_it",
            "e2e/test_connect.py::test_pushes_and_a_ping_before_the_logins_answer_disturb_nothing",
            "e2e/test_listen.py::test_pushes_before_the_logins_answer_are_not_lost",
        ),
    ),
    Requirement(
        "T19",
        "Another region is turned to, once, and the call is made there.",
        (
            "session/test_connector.py::test_the_region_that_is_named_is_gone_to",
            "e2e/test_connect.py::test_another_region_is_turned_to_once",
            "e2e/test_stream.py::test_the_other_region_is_tried_once",
        ),
    ),
    Requirement(
        "T21",
        "Regions that point at each other are left after one connection each.",
        (
            "flows/test_call.py::test_an_unknown_region_is_not_followed",
            "session/test_connector.py::test_two_regions_that_blame_each_other_are_left_alone",
            "e2e/test_connect.py::test_regions_that_point_at_each_other_are_left",
            "e2e/test_listen_reconnect.py::test_a_login_at_the_wrong_region_is_turned_away_once",
        ),
    ),
    Requirement(
        "T22",
        "Line ends and the scheme of a token's file change nothing on the wire.",
        ("e2e/test_tokens.py::test_a_token_file_gives_exactly_the_token",),
    ),
    Requirement(
        "T23",
        "What no token can be is refused without quoting it.",
        ("e2e/test_tokens.py::test_what_no_token_holds_is_refused_unquoted",),
    ),
    Requirement(
        "T24",
        "Without a token nobody is asked and nobody is connected to.",
        ("e2e/test_tokens.py::test_without_a_token_there_is_no_prompt_and_no_connection",),
    ),
    Requirement(
        "T25",
        "A call that acts, lost when it had been executed, is unknown and never sent again.",
        ("e2e/test_call.py::test_a_call_that_may_have_run_is_not_sent_again",),
    ),
    Requirement(
        "T26",
        "A call that reads is asked again after a loss, three times in all, with random pauses.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "flows/test_call.py::test_a_call_is_attempted_three_times_at_most",
            "protocol/test_reconnection.py::test_the_longest_backoff_delay_doubles_up_to_20_seconds",
            "e2e/test_call.py::test_a_read_that_was_lost_is_sent_again",
        ),
    ),
    Requirement(
        "T28",
        "Each close code is answered as it deserves, and its reason shows harmlessly.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_close_with_a_call_in_flight_is_never_success",
            "e2e/test_call.py::test_a_read_is_asked_again_unless_the_server_sent_us_away",
            "e2e/test_call.py::test_an_overloaded_server_gets_at_least_a_second",
        ),
    ),
    Requirement(
        "T29",
        "A line that falls silent behind the call ends it at the timeout, sent once.",
        (
            "session/test_session.py::test_a_link_that_says_nothing_is_given_up",
            "e2e/test_call.py::test_silence_after_sending_ends_at_the_timeout",
            "e2e/test_stream.py::test_a_call_without_an_answer_is_unknown_and_the_stream_goes_on",
        ),
    ),
    Requirement(
        "T30",
        "An answer that takes longer than the server allows itself still counts.",
        ("session/test_options.py::test_the_timers_fit_those_of_the_server",),
        ("e2e/test_call.py::test_an_answer_after_the_servers_own_limit_still_counts",),
    ),
    Requirement(
        "T32",
        "Ten thousand pushes before an answer cost patience and no memory.",
        ("e2e/test_call.py::test_pushes_before_the_answer_are_passed_over",),
    ),
    Requirement(
        "T33",
        "An answer to somebody else is not ours.",
        (
            "flows/test_call.py::test_pushes_are_passed_on_and_foreign_responses_ignored",
            "protocol/test_messages.py::test_type_decides_before_request_id",
            "e2e/test_call.py::test_an_answer_to_somebody_else_is_ignored",
            "e2e/test_stream.py::test_what_is_no_answer_of_ours_is_ignored",
        ),
    ),
    Requirement(
        "T34",
        "An answer that comes twice is printed once.",
        (
            "flows/test_call.py::test_pushes_are_passed_on_and_foreign_responses_ignored",
            "e2e/test_call.py::test_an_answer_that_comes_twice_is_printed_once",
            "e2e/test_stream.py::test_what_is_no_answer_of_ours_is_ignored",
        ),
    ),
    Requirement(
        "T35",
        "An answer of the wrong shape leaves the outcome unknown, without a crash.",
        (
            "protocol/test_messages.py::test_an_invalid_message_is_a_protocol_error",
            "e2e/test_call.py::test_an_answer_that_breaks_the_protocol_leaves_the_outcome_unknown",
            "e2e/test_call.py::test_an_answer_without_an_id_is_not_ours",
        ),
    ),
    Requirement(
        "T36",
        "Frames that break the protocol end the link, and the server is told by the close code.",
        (
            "protocol/test_messages.py::test_an_invalid_message_is_a_protocol_error",
            "session/test_transport.py::test_a_breach_of_the_protocol_ends_the_link",
            "session/test_session.py::test_what_is_malformed_ends_the_session",
            "e2e/test_call.py::test_an_answer_that_breaks_the_protocol_leaves_the_outcome_unknown",
            "e2e/test_call.py::test_a_broken_frame_is_answered_with_its_close_code",
        ),
    ),
    Requirement(
        "T38",
        "No message takes more memory than the limit allows, however it is packed.",
        (
            "session/test_transport.py::test_a_breach_of_the_protocol_ends_the_link",
            "e2e/test_call.py::test_a_large_answer_in_small_pieces_is_whole",
            "e2e/test_call.py::test_a_hundred_thousand_fragments_of_one_byte_are_one_message",
            "e2e/test_call.py::test_a_message_above_the_limit_is_refused_by_its_header",
            "e2e/test_call.py::test_a_compressed_bomb_never_unfolds",
            "e2e/test_call.py::test_a_message_that_grows_beyond_the_limit_is_not_kept",
        ),
    ),
    Requirement(
        "T40",
        "A throttled call is sent again after growing, random pauses, and is busy in the end.",
        (
            "flows/test_call.py::test_a_call_is_attempted_three_times_at_most",
            "protocol/test_reconnection.py::test_the_longest_backoff_delay_doubles_up_to_20_seconds",
            "e2e/test_call.py::test_a_throttled_call_is_sent_again_as_it_was_not_executed",
            "e2e/test_call.py::test_a_call_throttled_for_ever_is_busy",
            "e2e/test_stream.py::test_a_throttled_call_is_sent_again",
        ),
    ),
    Requirement(
        "T41",
        "An error that leaves doubt is asked again by what reads, and never by what acts.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_an_error_that_leaves_doubt_is_resent_for_reads_only",
            "e2e/test_stream.py::test_an_error_is_a_record_and_the_others_go_on",
        ),
    ),
    Requirement(
        "T42",
        "A refusal is told by its type, sent once, and prints no result.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_refusal_says_why_and_prints_no_result",
            "e2e/test_stream.py::test_an_error_is_a_record_and_the_others_go_on",
        ),
    ),
    Requirement(
        "T43",
        "What the server proved not to have executed is sent again, whatever the call.",
        (
            "flows/test_call.py::test_each_fault_has_its_outcome",
            "e2e/test_call.py::test_a_throttled_call_is_sent_again_as_it_was_not_executed",
            "e2e/test_stream.py::test_a_throttled_call_is_sent_again",
        ),
    ),
    Requirement(
        "T44",
        "A thousand values are a thousand records by one login.",
        ("e2e/test_stream.py::test_each_value_makes_a_call_and_gives_a_line",),
    ),
    Requirement(
        "T45",
        "A link that dies amid a stream costs its window at the most, and nothing twice.",
        ("e2e/test_stream.py::test_a_lost_connection_costs_no_more_than_the_window",),
    ),
    Requirement(
        "T48",
        "Answers in any order are told in the order of the input.",
        ("e2e/test_stream.py::test_answers_in_any_order_are_told_in_the_inputs",),
    ),
    Requirement(
        "T49",
        "A malformed value is a record of its own between the others.",
        (
            "protocol/test_json_stream.py::test_a_malformed_line_costs_one_value",
            "e2e/test_stream_input.py::test_a_malformed_line_is_a_record_between_the_others",
        ),
    ),
    Requirement(
        "T50",
        "A value that the end of the input cuts off is not sent.",
        (
            "protocol/test_json_stream.py::test_a_value_that_the_input_cuts_off_is_none",
            "e2e/test_stream_input.py::test_a_value_that_is_cut_off_is_never_sent",
        ),
    ),
    Requirement(
        "T51",
        "An input of nothing is no work and no connection.",
        (
            "protocol/test_json_stream.py::test_nothing_is_no_value",
            "e2e/test_stream_input.py::test_an_empty_input_is_no_work",
        ),
    ),
    Requirement(
        "T52",
        "A stream that waits for its next value keeps its connection by pings.",
        ("e2e/test_stream.py::test_an_idle_stream_is_kept_alive",),
        ("e2e/test_stream.py::test_an_idle_stream_is_kept_alive",),
    ),
    Requirement(
        "T55",
        "Repetitions have a budget, so that a stream that is always throttled ends.",
        ("e2e/test_stream.py::test_repetitions_have_a_budget",),
    ),
    Requirement(
        "T56",
        "Two gigabytes of input take no more memory than a little.",
        ("e2e/test_stream_output.py::test_memory_does_not_grow_with_the_input",),
        ("e2e/test_stream_output.py::test_memory_is_flat_over_a_million_values",),
    ),
    Requirement(
        "T57",
        "Never are more calls in flight than the window.",
        ("e2e/test_stream.py::test_no_more_calls_are_in_flight_than_the_window",),
    ),
    Requirement(
        "T58",
        "A push is in the reader's pipe within a tenth of a second.",
        ("e2e/test_listen.py::test_a_push_is_visible_to_a_pipe_within_100_ms",),
    ),
    Requirement(
        "T60",
        "A line that is cut without a word is noticed within 25 s; a slow one is left in peace.",
        (
            "session/test_session.py::test_a_link_that_says_nothing_is_given_up",
            "e2e/test_listen_reconnect.py::test_a_partition_without_a_fin_is_noticed",
            "e2e/test_listen_reconnect.py::test_a_slow_line_is_no_dead_line",
        ),
        ("e2e/test_listen_reconnect.py::test_a_partition_is_noticed_within_25_seconds",),
    ),
    Requirement(
        "T61",
        "Listening outlives every way to lose a connection, and never ends as a success by it.",
        ("e2e/test_listen_reconnect.py::test_a_lost_connection_is_made_again_after_a_gap",),
    ),
    Requirement(
        "T62",
        "An outage sees few attempts, none too far apart, and a quick return.",
        (
            "protocol/test_reconnection.py::test_an_outage_of_ten_minutes_has_at_most_60_attempts",
            "protocol/test_reconnection.py::test_the_client_reconnects_within_30_seconds_of_the_recovery",
            "protocol/test_reconnection.py::test_the_ceiling_doubles_from_half_a_second_to_30_seconds",
            "e2e/test_listen_reconnect.py::test_an_outage_is_waited_out",
            "e2e/test_listen_reconnect.py::test_ten_minutes_without_a_server_see_few_attempts_and_a_quick_return",
        ),
    ),
    Requirement(
        "T64",
        "Many listeners do not come back in one instant.",
        (
            "protocol/test_reconnection.py::test_a_hundred_clients_reconnect_spread_out",
            "e2e/test_listen_reconnect.py::test_a_hundred_listeners_do_not_come_back_at_once",
        ),
    ),
    Requirement(
        "T65",
        "A reason not to come back is printed, and obeyed at once.",
        (
            "e2e/test_listen_reconnect.py::test_a_terminal_reason_is_printed_and_obeyed",
            "e2e/test_stream.py::test_the_servers_reasons_are_obeyed",
        ),
    ),
    Requirement(
        "T67",
        "An expired token is replaced by what its source gives now; the same one is the end.",
        (
            "e2e/test_listen_reconnect.py::test_an_expired_token_is_replaced_by_the_one_its_source_gives_now",
            "e2e/test_listen_reconnect.py::test_an_expired_token_without_another_is_the_end",
        ),
    ),
    Requirement(
        "T68",
        "A reader who stands still for minutes loses nothing, nor the link, nor our memory.",
        (
            "session/test_session.py::test_who_was_busy_for_long_looks_before_judging",
            "e2e/test_listen_output.py::test_a_reader_that_stops_loses_nothing_and_keeps_the_connection",
        ),
        ("e2e/test_listen_output.py::test_a_reader_that_stops_for_two_minutes_loses_nothing",),
    ),
    Requirement(
        "T70",
        "A signal while nobody reads leaves whole lines and ends soon.",
        (
            "e2e/test_listen_output.py::test_a_signal_tears_no_line_if_the_pipe_is_full",
            "e2e/test_stream_signals.py::test_a_signal_while_nobody_reads_leaves_whole_lines",
        ),
    ),
    Requirement(
        "T72",
        "Reconnecting a thousand times leaves no descriptor, thread or memory behind.",
        ("e2e/test_listen_reconnect.py::test_reconnecting_leaves_nothing_behind",),
        ("e2e/test_listen_reconnect.py::test_reconnecting_leaves_nothing_behind",),
    ),
    Requirement(
        "T73",
        "A million pushes come in order, and memory stays flat.",
        ("e2e/test_listen.py::test_ten_thousand_pushes_keep_their_order",),
        ("e2e/test_listen_reconnect.py::test_a_million_pushes_leave_memory_flat",),
    ),
    Requirement(
        "T74",
        "A process that was stopped comes back with a gap and a new connection.",
        (
            "e2e/test_listen_reconnect.py::test_a_process_that_was_stopped_for_long_comes_back_with_a_gap",
        ),
        (
            "e2e/test_listen_reconnect.py::test_a_process_that_was_stopped_for_90_seconds_comes_back_with_a_gap",
        ),
    ),
    Requirement(
        "T75",
        "A wall clock that jumps moves no timer.",
        (
            "flows/listen/test_flow.py::test_a_jump_of_the_wall_clock_changes_nothing",
            "e2e/test_process_environment.py::test_a_clock_that_jumps_ends_nothing_and_saves_nothing",
        ),
    ),
    Requirement(
        "T76",
        "Control frames in plenty, and fragments amid them, disturb nothing.",
        (
            "e2e/test_call.py::test_control_frames_in_plenty_do_not_disturb",
            "e2e/test_listen_reconnect.py::test_odd_but_lawful_frames_disturb_nothing",
        ),
    ),
    Requirement(
        "T78",
        "The server's words on standard error hold nothing that a terminal obeys.",
        (
            "cli/io/test_stderr.py::test_nothing_that_a_terminal_obeys_gets_out",
            "e2e/test_call.py::test_what_a_terminal_would_obey_is_escaped_in_messages",
            "e2e/test_listen_reconnect.py::test_the_words_of_a_close_frame_are_harmless_on_standard_error",
            "e2e/test_terminal.py::test_the_servers_messages_are_escaped_on_a_terminal",
        ),
    ),
    Requirement(
        "T79",
        "Nor do results and pushes, whose values stay the same.",
        (
            "cli/io/test_records.py::test_terminal_control_characters_are_escaped",
            "e2e/test_call.py::test_what_a_terminal_would_obey_is_escaped_in_results",
            "e2e/test_listen.py::test_a_push_is_one_harmless_line_in_utf_8_whatever_the_locale",
            "e2e/test_listen_output.py::test_pushes_are_escaped_on_a_terminal",
            "e2e/test_terminal.py::test_a_result_is_escaped_on_a_terminal",
        ),
    ),
    Requirement(
        "T82",
        "No digit of a number is changed.",
        (
            "e2e/test_call.py::test_no_digit_is_changed",
            "e2e/test_listen.py::test_every_push_is_one_line_as_it_came",
            "e2e/test_stream_input.py::test_no_digit_is_lost_on_the_way",
        ),
    ),
    Requirement(
        "T83",
        "A push of several lines is printed as one.",
        ("e2e/test_listen.py::test_a_push_is_one_harmless_line_in_utf_8_whatever_the_locale",),
    ),
    Requirement(
        "T84",
        "Line separators and NUL inside strings break no line and are kept.",
        (
            "e2e/test_call.py::test_what_a_terminal_would_obey_is_escaped_in_results",
            "e2e/test_listen.py::test_a_push_is_one_harmless_line_in_utf_8_whatever_the_locale",
        ),
    ),
    Requirement(
        "T85",
        "Output is UTF-8, whatever the locale.",
        (
            "e2e/test_listen.py::test_a_push_is_one_harmless_line_in_utf_8_whatever_the_locale",
            "e2e/test_process_environment.py::test_any_locale_writes_utf8",
        ),
    ),
    Requirement(
        "T87",
        "Odd and broken JSON is taken as it is or refused with its place, never sent on.",
        (
            "protocol/test_json_stream.py::test_a_malformed_line_costs_one_value",
            "protocol/test_json_stream.py::test_utf_16_is_no_json",
            "e2e/test_bad_input.py::test_bad_json_is_refused_with_its_position",
            "e2e/test_bad_input.py::test_a_number_of_any_length_keeps_its_digits",
            "e2e/test_bad_input.py::test_a_file_that_is_not_utf8_is_named_with_the_byte",
            "e2e/test_bad_input.py::test_payloads_come_in_every_usual_shape",
            "e2e/test_listen.py::test_every_push_is_one_line_as_it_came",
            "e2e/test_listen.py::test_what_is_no_message_is_told_counted_and_survived",
            "e2e/test_stream_input.py::test_values_come_in_any_layout",
            "e2e/test_stream_input.py::test_what_is_no_json_is_not_sent",
        ),
    ),
    Requirement(
        "T89",
        "A full disk is told with what was executed.",
        (
            "cli/commands/test_method.py::test_an_executed_call_whose_answer_cannot_be_shown_says_so",
            "cli/io/test_stdout.py::test_a_full_disk_is_reported_with_what_was_done_before",
            "e2e/test_stream_output.py::test_a_full_disk_stops_the_stream",
            "e2e/test_process_environment.py::test_a_full_disk_is_told_after_the_call",
        ),
    ),
    Requirement(
        "T90",
        "With standard error closed, no message ever reaches the socket.",
        (
            "test___main__.py::test_closed_streams_are_filled_before_a_socket_takes_their_number",
            "e2e/test_process_environment.py::test_a_closed_standard_error_never_reaches_the_socket",
        ),
    ),
    Requirement(
        "T91",
        "Closed or broken standard streams are told before anything is sent, and hang nothing.",
        (
            "cli/io/test_stdout.py::test_a_closed_standard_output_is_an_error",
            "test___main__.py::test_closed_streams_are_filled_before_a_socket_takes_their_number",
            "e2e/test_stream_input.py::test_an_input_that_cannot_be_read_is_told",
            "e2e/test_stream_input.py::test_an_input_that_fails_is_not_an_empty_one",
            "e2e/test_stream_output.py::test_a_closed_standard_output_sends_nothing",
            "e2e/test_process_environment.py::test_a_closed_standard_output_stops_the_call_before_it_is_sent",
            "e2e/test_process_environment.py::test_all_streams_closed_is_no_hang_and_no_crash",
        ),
    ),
    Requirement(
        "T92",
        "A signal ends every phase within two seconds and names what may have been executed.",
        (
            "e2e/test_listen_output.py::test_a_signal_ends_the_command_within_two_seconds",
            "e2e/test_stream_signals.py::test_a_signal_ends_a_stream_with_everything_told",
            "e2e/test_stream_signals.py::test_a_signal_with_nothing_in_flight_ends_at_once",
            "e2e/test_stream_signals.py::test_a_signal_while_nobody_reads_or_says_goodbye_ends_within_two_seconds",
            "e2e/test_process_environment.py::test_a_signal_ends_a_call_wherever_it_is",
            "e2e/test_syscall_faults.py::test_a_signal_amid_a_system_call_makes_nobody_send_twice",
        ),
        ("e2e/test_syscall_faults.py::test_a_signal_amid_any_system_call_makes_nobody_send_twice",),
    ),
    Requirement(
        "T93",
        "A signal that was ignored at the start stays so.",
        (
            "test___main__.py::test_a_signal_that_was_ignored_stays_ignored_after_another",
            "e2e/test_listen_output.py::test_ignored_signals_stay_ignored",
            "e2e/test_process_environment.py::test_nohup_keeps_us_alive",
        ),
    ),
    Requirement(
        "T94",
        "The second signal ends us at once.",
        (
            "test___main__.py::test_a_second_signal_of_any_kind_ends_at_once",
            "test___main__.py::test_no_system_call_outlasts_a_signal",
            "e2e/test_listen_output.py::test_a_second_signal_ends_the_command_at_once",
            "e2e/test_stream_signals.py::test_a_second_signal_ends_at_once",
            "e2e/test_process_environment.py::test_a_second_signal_ends_at_once",
        ),
    ),
    Requirement(
        "T95",
        "A bare environment suffices, and success says nothing.",
        (
            "e2e/test_listen.py::test_success_says_nothing_on_standard_error_even_in_a_bare_environment",
            "e2e/test_process_environment.py::test_an_empty_environment_is_enough",
            "e2e/test_process_environment.py::test_a_service_that_ignores_sigpipe_ends_as_quietly",
        ),
    ),
    Requirement(
        "T96",
        "A configuration is written whole or not at all, for its owner only, through no link.",
        (
            "cli/commands/test_config.py::test_file_and_folder_are_for_their_owner_only",
            "cli/commands/test_config.py::test_nothing_is_written_through_a_link",
            "cli/commands/test_config.py::test_a_kill_in_the_middle_leaves_a_whole_file",
        ),
    ),
    Requirement(
        "T97",
        "A configured token that others can read is refused; a named file is warned of.",
        (
            "e2e/test_tokens.py::test_a_configured_token_that_others_may_read_is_refused",
            "e2e/test_tokens.py::test_a_token_file_that_others_may_read_is_a_warning",
        ),
    ),
    Requirement(
        "T99",
        "No home, no name and no right to write hinder no call.",
        ("e2e/test_tokens.py::test_a_lost_home_costs_nothing_but_the_configuration",),
    ),
    Requirement(
        "T100",
        "A home that cannot be written to hinders no call.",
        ("e2e/test_tokens.py::test_a_home_that_nobody_may_write_to_is_no_obstacle",),
    ),
    Requirement(
        "T102",
        "No argument and no child's environment holds the token.",
        (
            "e2e/test_process_environment.py::test_the_token_is_in_no_argument",
            "e2e/test_tokens.py::test_a_command_gets_neither_token_nor_input",
            "e2e/test_tokens.py::test_a_child_and_the_process_list_see_no_token",
        ),
    ),
    Requirement(
        "T103",
        "A login with a token of its own is refused, unsent and unquoted.",
        (
            "e2e/test_bad_input.py::test_a_token_is_never_taken_from_the_command_line",
            "e2e/test_stream.py::test_nobody_logs_in_through_a_stream",
            "e2e/test_tokens.py::test_a_login_with_a_token_of_its_own_is_refused",
            "e2e/test_tokens.py::test_a_streamed_login_is_not_sent",
        ),
    ),
    Requirement(
        "T104",
        "A token's command gets no input, ends in time, and fails with the reason.",
        (
            "settings/test_token_command.py::test_a_command_that_hangs_is_killed_with_its_children",
            "e2e/test_tokens.py::test_a_command_gets_neither_token_nor_input",
            "e2e/test_tokens.py::test_a_command_that_fails_is_a_lack_of_a_token",
            "e2e/test_tokens.py::test_a_command_that_hangs_is_killed_in_time",
        ),
        ("e2e/test_tokens.py::test_a_command_that_hangs_has_ten_seconds",),
    ),
    Requirement(
        "T105",
        "Help, completion and mistakes show no token.",
        ("e2e/test_tokens.py::test_what_connects_to_nobody_shows_no_token",),
    ),
    Requirement(
        "T106",
        "A URL that would lead a token astray is refused before any name is looked up.",
        ("e2e/test_connect.py::test_a_url_that_leads_astray_is_refused_at_once",),
    ),
    Requirement(
        "T107",
        "No core is dumped.",
        ("e2e/test_process_environment.py::test_no_core_is_ever_dumped",),
    ),
    Requirement(
        "T108",
        "A file of TLS keys is warned of, once.",
        ("e2e/test_connect.py::test_a_file_of_tls_keys_is_warned_of",),
    ),
    Requirement(
        "T109",
        "Each system call may fail, or be hit by a signal: the status is true, nothing runs twice.",
        (
            "e2e/test_syscall_faults.py::test_a_system_call_that_fails_once_is_told_truly",
            "e2e/test_syscall_faults.py::test_a_signal_amid_a_system_call_makes_nobody_send_twice",
            "e2e/test_syscall_faults_exhaustive.py::test_a_call_tells_the_truth_whatever_fails",
            "e2e/test_syscall_faults_exhaustive.py::test_a_call_tells_the_truth_whatever_file_fails",
            "e2e/test_syscall_faults_exhaustive.py::test_a_stream_tells_the_truth_whatever_fails",
            "e2e/test_syscall_faults_exhaustive.py::test_a_stream_tells_the_truth_whatever_fails_of_its_input",
        ),
        ("e2e/test_syscall_faults.py::test_a_signal_amid_any_system_call_makes_nobody_send_twice",),
    ),
    Requirement(
        "T110",
        "Six laws of every stream hold whatever the server does.",
        ("flows/stream/test_invariants.py::test_the_laws_hold_whatever_the_server_does",),
        ("flows/stream/test_invariants.py::test_the_laws_hold_ten_thousand_times",),
    ),
)
