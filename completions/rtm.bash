# bash completion for rtm with API 3.0, as `rtm completion bash` prints it.
# For other versions it follows --api on the line, and RTM_API.

_rtm_profiles() {
  local file=${RTM_CONFIG:-}
  if [[ -z $file ]]; then
    case ${XDG_CONFIG_HOME:-} in
      /*) file=$XDG_CONFIG_HOME/rtmcli/config.toml ;;
      *) file=$HOME/.config/rtmcli/config.toml ;;
    esac
  fi
  [[ -r $file ]] && sed -n \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
    "$file"
}

# Offer the words of $1, one per line, that begin with $2; prefix each with $3.
_rtm_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$2"* ]] && COMPREPLY+=("$3$word")
  done <<<"$1"
}

# Offer the files that begin with $1; prefix each with $2.
_rtm_files() {
  local file
  while IFS= read -r file; do
    if [[ -d $file ]]; then
      file+=/
      type compopt &>/dev/null && compopt -o nospace 2>/dev/null
    fi
    [[ -n $file ]] && COMPREPLY+=("$2$(printf %q "$file")")
  done < <(compgen -f -- "$1")
}

# Define what completes the commands of API 3.0.
_rtm_api_3_0() {
_rtm_commands='activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call listen sandbox methods config doctor completion help'
_rtm_input='--set --set-string --no-validate --dry-run -n --skeleton --csv'
_rtm_stream='--window --rate --fail-fast --journal --journal-answers --retry-unknown'
_rtm_wait='--wait --wait-for --wait-timeout'
_rtm_pages='--all --max-items'
_rtm_list_output='--output'
_rtm_transcript_output='--output'
_rtm_output='--compact --pretty --color --envelope --quiet -q --error-format'
_rtm_connection='--api --profile --url --region --token-file --author-id --reconnect --no-reconnect --timeout --max-time --ca-file --proxy --retry-idempotent --no-retry-idempotent --verbose -v'

# Set flags to the flags of the command $1.
_rtm_flags() {
  case $1 in
    '') flags="--help -h --version --api --profile" ;;
    activate-chat) flags="--chat --chat-id --chat-access --chat-access-group-ids --chat-properties --chat-users --chat-thread --chat-thread-events --chat-thread-properties --chat-thread-tags --chat-is-followed --no-chat-is-followed --continuous --no-continuous --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    follow-chat) flags="--chat-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    get-chats-summary) flags="--page-id --limit --order --filters --filters-include-active --no-filters-include-active --filters-properties --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    start-chat) flags="--chat --chat-properties --chat-access --chat-access-group-ids --chat-users --chat-thread --chat-thread-events --chat-thread-properties --chat-thread-tags --chat-is-followed --no-chat-is-followed --continuous --no-continuous --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    transfer-chat) flags="--chat-id --target --target-type --target-ids --force --no-force --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    unfollow-chat) flags="--chat-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    grant-access) flags="--resource --id --access --access-type --access-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    revoke-access) flags="--resource --id --access --access-type --access-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    set-access) flags="--resource --id --access --access-type --access-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    add-user-to-chat) flags="--chat-id --user-id --user-type --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-agent) flags="--agent-id --routing-status --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    remove-user-from-chat) flags="--chat-id --user-id --user-type --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    set-away-status) flags="--away --no-away --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    ban-customer) flags="--customer-id --ban --ban-days --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    create-customer) flags="--name --email --avatar --fields --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    get-customers) flags="--page-id --limit --order --filters --filters-country --filters-country-values --filters-country-exclude-values --filters-email --filters-email-values --filters-email-exclude-values --filters-name --filters-name-values --filters-name-exclude-values --filters-customer-id --filters-customer-id-values --filters-customer-id-exclude-values --filters-chats-count --filters-chats-count-lte --filters-chats-count-lt --filters-chats-count-gte --filters-chats-count-gt --filters-chats-count-eq --filters-threads-count --filters-threads-count-lte --filters-threads-count-lt --filters-threads-count-gte --filters-threads-count-gt --filters-threads-count-eq --filters-visits-count --filters-visits-count-lte --filters-visits-count-lt --filters-visits-count-gte --filters-visits-count-gt --filters-visits-count-eq --filters-created-at --filters-created-at-lte --filters-created-at-lt --filters-created-at-gte --filters-created-at-gt --filters-created-at-eq --filters-agent-last-event-created-at --filters-agent-last-event-created-at-lte --filters-agent-last-event-created-at-lt --filters-agent-last-event-created-at-gte --filters-agent-last-event-created-at-gt --filters-agent-last-event-created-at-eq --filters-customer-last-event-created-at --filters-customer-last-event-created-at-lte --filters-customer-last-event-created-at-lt --filters-customer-last-event-created-at-gte --filters-customer-last-event-created-at-gt --filters-customer-last-event-created-at-eq --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    update-customer) flags="--customer-id --name --email --avatar --fields --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-event) flags="--chat-id --event --event-type --event-text --text --text-file --event-recipients --event-custom-id --event-properties --event-postback --event-postback-id --event-postback-thread-id --event-postback-event-id --event-postback-type --event-postback-value --event-template-id --event-elements --event-form-id --event-fields --event-content --event-system-message-type --event-text-vars --event-annotation-type --event-name --event-url --event-content-type --event-size --event-width --event-height --event-thumbnail-url --event-thumbnail2x-url --attach-to-last-thread --no-attach-to-last-thread --require-active-thread --no-require-active-thread --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    login) flags="--timezone --push-notifications --push-notifications-firebase-token --push-notifications-platform --application --application-name --application-version --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    logout) flags="--wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    delete-chat-properties) flags="--chat-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    delete-chat-thread-properties) flags="--chat-id --thread-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    delete-event-properties) flags="--chat-id --thread-id --event-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-chat-properties) flags="--chat-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-chat-thread-properties) flags="--chat-id --thread-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-event-properties) flags="--chat-id --thread-id --event-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    tag-chat-thread) flags="--chat-id --thread-id --tag --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    untag-chat-thread) flags="--chat-id --thread-id --tag --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    get-archives) flags="--filters --filters-query --filters-date-from --filters-date-to --filters-agent-ids --filters-group-ids --filters-properties --pagination --pagination-page --pagination-limit --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    get-chat-threads) flags="--chat-id --thread-ids --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_transcript_output $_rtm_output $_rtm_connection" ;;
    get-chat-threads-summary) flags="--chat-id --order --limit --page-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    send-rich-message-postback) flags="--chat-id --thread-id --event-id --postback --postback-id --postback-toggled --no-postback-toggled --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    multicast) flags="--scopes --scopes-agents --scopes-agents-all --no-scopes-agents-all --scopes-agents-ids --scopes-agents-groups --scopes-customers --scopes-customers-ids --content --type --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-typing-indicator) flags="--chat-id --recipients --is-typing --no-is-typing --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    close-thread) flags="--chat-id --require-requester-presence --no-require-requester-presence --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    change-push-notifications) flags="--firebase-token --platform --enabled --no-enabled --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    update-last-seen-timestamp) flags="--chat-id --timestamp --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    call) flags="--set --set-string --dry-run -n --wait-for --wait-timeout --help -h $_rtm_stream $_rtm_output $_rtm_connection" ;;
    listen) flags="--action --chat-id --no-validate --count --for --idle --once --fail-fast --markers --no-markers --output --error-format --max-time --api --profile --url --region --token-file --reconnect --no-reconnect --timeout --ca-file --proxy --verbose -v --help -h" ;;
    sandbox) flags="--port --seed --role --scopes --traffic --latency --fault --rate-limit --token-lifetime --write-token --variant --log --tokens --api --help -h" ;;
    methods) flags="--json --schema --asyncapi --scopes --api --help -h" ;;
    config) flags="--json --compact --pretty --color --error-format --help -h $_rtm_connection" ;;
    doctor) flags="--json --compact --pretty --color --error-format --api --profile --url --region --token-file --reconnect --no-reconnect --timeout --max-time --ca-file --proxy --verbose -v --help -h" ;;
    completion) flags="--api --help -h" ;;
    help) flags="--all --man --api --help -h" ;;
  esac
}

# Set kind and words for the value of the flag $2 of the command $1; fail if it has
# none.
_rtm_value() {
  case $1$2 in
    --api) kind=words words='3.0 3.6' ;;
    --profile) kind=profile ;;
    activate-chat--chat) kind=json ;;
    activate-chat--chat-id) kind=text ;;
    activate-chat--chat-access) kind=json ;;
    activate-chat--chat-access-group-ids) kind=text ;;
    activate-chat--chat-properties) kind=json ;;
    activate-chat--chat-users) kind=json ;;
    activate-chat--chat-thread) kind=json ;;
    activate-chat--chat-thread-events) kind=json ;;
    activate-chat--chat-thread-properties) kind=json ;;
    activate-chat--chat-thread-tags) kind=text ;;
    follow-chat--chat-id) kind=text ;;
    get-chats-summary--page-id) kind=text ;;
    get-chats-summary--limit) kind=text ;;
    get-chats-summary--order) kind=words words='asc desc' ;;
    get-chats-summary--filters) kind=json ;;
    get-chats-summary--filters-properties) kind=json ;;
    get-chats-summary--wait-for) kind=text ;;
    get-chats-summary--wait-timeout) kind=text ;;
    get-chats-summary--output) kind=words words='json table csv' ;;
    start-chat--chat) kind=json ;;
    start-chat--chat-properties) kind=json ;;
    start-chat--chat-access) kind=json ;;
    start-chat--chat-access-group-ids) kind=text ;;
    start-chat--chat-users) kind=json ;;
    start-chat--chat-thread) kind=json ;;
    start-chat--chat-thread-events) kind=json ;;
    start-chat--chat-thread-properties) kind=json ;;
    start-chat--chat-thread-tags) kind=text ;;
    transfer-chat--chat-id) kind=text ;;
    transfer-chat--target) kind=json ;;
    transfer-chat--target-type) kind=words words='group agent' ;;
    transfer-chat--target-ids) kind=text ;;
    unfollow-chat--chat-id) kind=text ;;
    unfollow-chat--wait-for) kind=text ;;
    unfollow-chat--wait-timeout) kind=text ;;
    grant-access--resource) kind=words words='chat customer' ;;
    grant-access--id) kind=text ;;
    grant-access--access) kind=json ;;
    grant-access--access-type) kind=words words='group agent' ;;
    grant-access--access-id) kind=text ;;
    revoke-access--resource) kind=words words='chat customer' ;;
    revoke-access--id) kind=text ;;
    revoke-access--access) kind=json ;;
    revoke-access--access-type) kind=words words='group agent' ;;
    revoke-access--access-id) kind=text ;;
    set-access--resource) kind=words words='chat customer' ;;
    set-access--id) kind=text ;;
    set-access--access) kind=json ;;
    set-access--access-type) kind=words words='group agent' ;;
    set-access--access-id) kind=text ;;
    add-user-to-chat--chat-id) kind=text ;;
    add-user-to-chat--user-id) kind=text ;;
    add-user-to-chat--user-type) kind=words words='agent customer' ;;
    update-agent--agent-id) kind=text ;;
    update-agent--routing-status) kind=words words='accepting_chats not_accepting_chats' ;;
    remove-user-from-chat--chat-id) kind=text ;;
    remove-user-from-chat--user-id) kind=text ;;
    remove-user-from-chat--user-type) kind=words words='agent customer' ;;
    set-away-status--wait-for) kind=text ;;
    set-away-status--wait-timeout) kind=text ;;
    ban-customer--customer-id) kind=text ;;
    ban-customer--ban) kind=json ;;
    ban-customer--ban-days) kind=text ;;
    create-customer--name) kind=text ;;
    create-customer--email) kind=text ;;
    create-customer--avatar) kind=text ;;
    create-customer--fields) kind=json ;;
    get-customers--page-id) kind=text ;;
    get-customers--limit) kind=text ;;
    get-customers--order) kind=words words='asc desc' ;;
    get-customers--filters) kind=json ;;
    get-customers--filters-country) kind=json ;;
    get-customers--filters-country-values) kind=text ;;
    get-customers--filters-country-exclude-values) kind=text ;;
    get-customers--filters-email) kind=json ;;
    get-customers--filters-email-values) kind=text ;;
    get-customers--filters-email-exclude-values) kind=text ;;
    get-customers--filters-name) kind=json ;;
    get-customers--filters-name-values) kind=text ;;
    get-customers--filters-name-exclude-values) kind=text ;;
    get-customers--filters-customer-id) kind=json ;;
    get-customers--filters-customer-id-values) kind=text ;;
    get-customers--filters-customer-id-exclude-values) kind=text ;;
    get-customers--filters-chats-count) kind=json ;;
    get-customers--filters-chats-count-lte) kind=text ;;
    get-customers--filters-chats-count-lt) kind=text ;;
    get-customers--filters-chats-count-gte) kind=text ;;
    get-customers--filters-chats-count-gt) kind=text ;;
    get-customers--filters-chats-count-eq) kind=text ;;
    get-customers--filters-threads-count) kind=json ;;
    get-customers--filters-threads-count-lte) kind=text ;;
    get-customers--filters-threads-count-lt) kind=text ;;
    get-customers--filters-threads-count-gte) kind=text ;;
    get-customers--filters-threads-count-gt) kind=text ;;
    get-customers--filters-threads-count-eq) kind=text ;;
    get-customers--filters-visits-count) kind=json ;;
    get-customers--filters-visits-count-lte) kind=text ;;
    get-customers--filters-visits-count-lt) kind=text ;;
    get-customers--filters-visits-count-gte) kind=text ;;
    get-customers--filters-visits-count-gt) kind=text ;;
    get-customers--filters-visits-count-eq) kind=text ;;
    get-customers--filters-created-at) kind=json ;;
    get-customers--filters-created-at-lte) kind=text ;;
    get-customers--filters-created-at-lt) kind=text ;;
    get-customers--filters-created-at-gte) kind=text ;;
    get-customers--filters-created-at-gt) kind=text ;;
    get-customers--filters-created-at-eq) kind=text ;;
    get-customers--filters-agent-last-event-created-at) kind=json ;;
    get-customers--filters-agent-last-event-created-at-lte) kind=text ;;
    get-customers--filters-agent-last-event-created-at-lt) kind=text ;;
    get-customers--filters-agent-last-event-created-at-gte) kind=text ;;
    get-customers--filters-agent-last-event-created-at-gt) kind=text ;;
    get-customers--filters-agent-last-event-created-at-eq) kind=text ;;
    get-customers--filters-customer-last-event-created-at) kind=json ;;
    get-customers--filters-customer-last-event-created-at-lte) kind=text ;;
    get-customers--filters-customer-last-event-created-at-lt) kind=text ;;
    get-customers--filters-customer-last-event-created-at-gte) kind=text ;;
    get-customers--filters-customer-last-event-created-at-gt) kind=text ;;
    get-customers--filters-customer-last-event-created-at-eq) kind=text ;;
    get-customers--wait-for) kind=text ;;
    get-customers--wait-timeout) kind=text ;;
    get-customers--output) kind=words words='json table csv' ;;
    update-customer--customer-id) kind=text ;;
    update-customer--name) kind=text ;;
    update-customer--email) kind=text ;;
    update-customer--avatar) kind=text ;;
    update-customer--fields) kind=json ;;
    send-event--chat-id) kind=text ;;
    send-event--event) kind=json ;;
    send-event--event-type) kind=words words='message rich_message file filled_form custom system_message annotation' ;;
    send-event--event-text) kind=text ;;
    send-event--text) kind=text ;;
    send-event--text-file) kind=file ;;
    send-event--event-recipients) kind=words words='all agents' ;;
    send-event--event-custom-id) kind=text ;;
    send-event--event-properties) kind=json ;;
    send-event--event-postback) kind=json ;;
    send-event--event-postback-id) kind=text ;;
    send-event--event-postback-thread-id) kind=text ;;
    send-event--event-postback-event-id) kind=text ;;
    send-event--event-postback-type) kind=text ;;
    send-event--event-postback-value) kind=text ;;
    send-event--event-template-id) kind=text ;;
    send-event--event-elements) kind=json ;;
    send-event--event-form-id) kind=text ;;
    send-event--event-fields) kind=json ;;
    send-event--event-content) kind=json ;;
    send-event--event-system-message-type) kind=text ;;
    send-event--event-text-vars) kind=json ;;
    send-event--event-annotation-type) kind=text ;;
    send-event--event-name) kind=text ;;
    send-event--event-url) kind=text ;;
    send-event--event-content-type) kind=text ;;
    send-event--event-size) kind=text ;;
    send-event--event-width) kind=text ;;
    send-event--event-height) kind=text ;;
    send-event--event-thumbnail-url) kind=text ;;
    send-event--event-thumbnail2x-url) kind=text ;;
    login--timezone) kind=text ;;
    login--push-notifications) kind=json ;;
    login--push-notifications-firebase-token) kind=text ;;
    login--push-notifications-platform) kind=words words='ios android' ;;
    login--application) kind=json ;;
    login--application-name) kind=text ;;
    login--application-version) kind=text ;;
    login--wait-for) kind=text ;;
    login--wait-timeout) kind=text ;;
    logout--wait-for) kind=text ;;
    logout--wait-timeout) kind=text ;;
    delete-chat-properties--chat-id) kind=text ;;
    delete-chat-properties--properties) kind=json ;;
    delete-chat-thread-properties--chat-id) kind=text ;;
    delete-chat-thread-properties--thread-id) kind=text ;;
    delete-chat-thread-properties--properties) kind=json ;;
    delete-event-properties--chat-id) kind=text ;;
    delete-event-properties--thread-id) kind=text ;;
    delete-event-properties--event-id) kind=text ;;
    delete-event-properties--properties) kind=json ;;
    update-chat-properties--chat-id) kind=text ;;
    update-chat-properties--properties) kind=json ;;
    update-chat-thread-properties--chat-id) kind=text ;;
    update-chat-thread-properties--thread-id) kind=text ;;
    update-chat-thread-properties--properties) kind=json ;;
    update-event-properties--chat-id) kind=text ;;
    update-event-properties--thread-id) kind=text ;;
    update-event-properties--event-id) kind=text ;;
    update-event-properties--properties) kind=json ;;
    tag-chat-thread--chat-id) kind=text ;;
    tag-chat-thread--thread-id) kind=text ;;
    tag-chat-thread--tag) kind=text ;;
    untag-chat-thread--chat-id) kind=text ;;
    untag-chat-thread--thread-id) kind=text ;;
    untag-chat-thread--tag) kind=text ;;
    get-archives--filters) kind=json ;;
    get-archives--filters-query) kind=text ;;
    get-archives--filters-date-from) kind=text ;;
    get-archives--filters-date-to) kind=text ;;
    get-archives--filters-agent-ids) kind=text ;;
    get-archives--filters-group-ids) kind=text ;;
    get-archives--filters-properties) kind=json ;;
    get-archives--pagination) kind=json ;;
    get-archives--pagination-page) kind=text ;;
    get-archives--pagination-limit) kind=text ;;
    get-archives--wait-for) kind=text ;;
    get-archives--wait-timeout) kind=text ;;
    get-archives--output) kind=words words='json table csv' ;;
    get-chat-threads--chat-id) kind=text ;;
    get-chat-threads--thread-ids) kind=text ;;
    get-chat-threads--wait-for) kind=text ;;
    get-chat-threads--wait-timeout) kind=text ;;
    get-chat-threads--output) kind=words words='json text' ;;
    get-chat-threads-summary--chat-id) kind=text ;;
    get-chat-threads-summary--order) kind=words words='asc desc' ;;
    get-chat-threads-summary--limit) kind=text ;;
    get-chat-threads-summary--page-id) kind=text ;;
    get-chat-threads-summary--wait-for) kind=text ;;
    get-chat-threads-summary--wait-timeout) kind=text ;;
    get-chat-threads-summary--output) kind=words words='json table csv' ;;
    send-rich-message-postback--chat-id) kind=text ;;
    send-rich-message-postback--thread-id) kind=text ;;
    send-rich-message-postback--event-id) kind=text ;;
    send-rich-message-postback--postback) kind=json ;;
    send-rich-message-postback--postback-id) kind=text ;;
    multicast--scopes) kind=json ;;
    multicast--scopes-agents) kind=json ;;
    multicast--scopes-agents-ids) kind=text ;;
    multicast--scopes-agents-groups) kind=text ;;
    multicast--scopes-customers) kind=json ;;
    multicast--scopes-customers-ids) kind=text ;;
    multicast--content) kind=json ;;
    multicast--type) kind=text ;;
    send-typing-indicator--chat-id) kind=text ;;
    send-typing-indicator--recipients) kind=words words='all agents' ;;
    send-typing-indicator--wait-for) kind=text ;;
    send-typing-indicator--wait-timeout) kind=text ;;
    close-thread--chat-id) kind=text ;;
    change-push-notifications--firebase-token) kind=text ;;
    change-push-notifications--platform) kind=words words='ios android' ;;
    change-push-notifications--wait-for) kind=text ;;
    change-push-notifications--wait-timeout) kind=text ;;
    update-last-seen-timestamp--chat-id) kind=text ;;
    update-last-seen-timestamp--timestamp) kind=text ;;
    call--set) kind=text ;;
    call--set-string) kind=text ;;
    call--wait-for) kind=text ;;
    call--wait-timeout) kind=text ;;
    listen--action) kind=words words='incoming_chat_thread thread_closed access_granted access_revoked access_set chat_transferred chat_user_added chat_user_removed incoming_event event_updated incoming_rich_message_postback chat_properties_updated chat_properties_deleted chat_thread_properties_updated chat_thread_properties_deleted event_properties_updated event_properties_deleted chat_thread_tagged chat_thread_untagged customer_created customer_updated customer_banned customer_visit_started customer_page_updated customer_visit_ended agent_updated agent_disconnected last_seen_timestamp_updated incoming_typing_indicator incoming_sneak_peek incoming_multicast' ;;
    listen--chat-id) kind=text ;;
    listen--count) kind=text ;;
    listen--for) kind=text ;;
    listen--idle) kind=text ;;
    listen--output) kind=words words='text json' ;;
    listen--error-format) kind=words words='text json' ;;
    listen--max-time) kind=text ;;
    listen--api) kind=words words='3.0 3.6' ;;
    listen--profile) kind=profile ;;
    listen--url) kind=text ;;
    listen--region) kind=words words='dal fra' ;;
    listen--token-file) kind=file ;;
    listen--timeout) kind=text ;;
    listen--ca-file) kind=file ;;
    listen--proxy) kind=text ;;
    sandbox--port) kind=text ;;
    sandbox--seed) kind=text ;;
    sandbox--role) kind=words words='owner administrator normal' ;;
    sandbox--scopes) kind=text ;;
    sandbox--traffic) kind=text ;;
    sandbox--latency) kind=text ;;
    sandbox--fault) kind=parts words='*: activate_chat: follow_chat: get_chats_summary: start_chat: transfer_chat: unfollow_chat: grant_access: revoke_access: set_access: add_user_to_chat: update_agent: remove_user_from_chat: set_away_status: ban_customer: create_customer: get_customers: update_customer: send_event: login: logout: delete_chat_properties: delete_chat_thread_properties: delete_event_properties: update_chat_properties: update_chat_thread_properties: update_event_properties: tag_chat_thread: untag_chat_thread: get_archives: get_chat_threads: get_chat_threads_summary: send_rich_message_postback: multicast: send_typing_indicator: close_thread: change_push_notifications: update_last_seen_timestamp: ping: list_chats: list_threads: get_chat: list_archives: resume_chat: deactivate_chat: send_event_preview: update_thread_properties: delete_thread_properties: tag_thread: untag_thread: get_customer: subscribe_customers: unsubscribe_customers: set_routing_status: list_routing_statuses: update_session: mark_events_as_seen: send_thinking_indicator: list_agents_for_transfer: request_thread_summary:' second='error=internal error=validation error=authorization error=authentication error=request_timeout error=license_expired error=unsupported_version error=misdirected_request error=entity_too_large error=wrong_product_version error=license_not_found error=requester_already_offline error=requester_offline error=pending_requests_limit_reached error=requester_awaiting_approval error=requester_suspended error=seats_limit_exceeded error=too_many_requests error=chat_inactive error=service_unavailable error=agent_offline error=missing_access error=not_found error=limit_reached error=already_exists error=chat_anonymized error=customer_banned error=greeting_not_found error=group_not_found error=group_offline error=group_unavailable error=groups_offline error=not_allowed error=users_limit_reached error=transfer_ownership error=ownership_transfer malformed=json malformed=list malformed=empty malformed=utf8 malformed=binary no-id duplicate foreign push-first delay= silent drop=before drop=after drop=answered close= disconnect=access_token_expired disconnect=access_token_revoked disconnect=agent_deleted disconnect=agent_disconnected_by_server disconnect=agent_logged_out_remotely disconnect=connection_timeout disconnect=ping_timeout disconnect=internal_error disconnect=license_expired disconnect=license_not_found disconnect=misdirected_connection disconnect=misdirected_request disconnect=product_version_changed disconnect=too_many_connections disconnect=too_many_unauthorized_connections disconnect=unsupported_version disconnect=connection_evicted disconnect=role_permissions_changed' ;;
    sandbox--rate-limit) kind=text ;;
    sandbox--token-lifetime) kind=text ;;
    sandbox--write-token) kind=file ;;
    sandbox--variant) kind=words words='require-organization-id basic-tokens one-agent total-active-chats failing-summaries' ;;
    sandbox--log) kind=file ;;
    sandbox--api) kind=words words='3.0 3.6' ;;
    methods--api) kind=words words='3.0 3.6' ;;
    config--color) kind=words words='auto always never' ;;
    config--error-format) kind=words words='text json' ;;
    doctor--color) kind=words words='auto always never' ;;
    doctor--error-format) kind=words words='text json' ;;
    doctor--api) kind=words words='3.0 3.6' ;;
    doctor--profile) kind=profile ;;
    doctor--url) kind=text ;;
    doctor--region) kind=words words='dal fra' ;;
    doctor--token-file) kind=file ;;
    doctor--timeout) kind=text ;;
    doctor--max-time) kind=text ;;
    doctor--ca-file) kind=file ;;
    doctor--proxy) kind=text ;;
    completion--api) kind=words words='3.0 3.6' ;;
    help--api) kind=words words='3.0 3.6' ;;
    *--set) kind=text ;;
    *--set-string) kind=text ;;
    *--window) kind=text ;;
    *--rate) kind=text ;;
    *--journal) kind=file ;;
    *--wait-for) kind=text ;;
    *--wait-timeout) kind=text ;;
    *--max-items) kind=text ;;
    *--output) kind=words words='json table csv' ;;
    *--output) kind=words words='json text' ;;
    *--color) kind=words words='auto always never' ;;
    *--error-format) kind=words words='text json' ;;
    *--api) kind=words words='3.0 3.6' ;;
    *--profile) kind=profile ;;
    *--url) kind=text ;;
    *--region) kind=words words='dal fra' ;;
    *--token-file) kind=file ;;
    *--author-id) kind=text ;;
    *--timeout) kind=text ;;
    *--max-time) kind=text ;;
    *--ca-file) kind=file ;;
    *--proxy) kind=text ;;
    *) return 1 ;;
  esac
}

# Set kind and words for the argument number $2, from 0, of the command $1; the word
# before it is $3.
_rtm_positional() {
  case $1/$2/$3 in
    activate-chat/0/*) kind=json ;;
    follow-chat/0/*) kind=json ;;
    get-chats-summary/0/*) kind=json ;;
    start-chat/0/*) kind=json ;;
    transfer-chat/0/*) kind=json ;;
    unfollow-chat/0/*) kind=json ;;
    grant-access/0/*) kind=json ;;
    revoke-access/0/*) kind=json ;;
    set-access/0/*) kind=json ;;
    add-user-to-chat/0/*) kind=json ;;
    update-agent/0/*) kind=json ;;
    remove-user-from-chat/0/*) kind=json ;;
    set-away-status/0/*) kind=json ;;
    ban-customer/0/*) kind=json ;;
    create-customer/0/*) kind=json ;;
    get-customers/0/*) kind=json ;;
    update-customer/0/*) kind=json ;;
    send-event/0/*) kind=json ;;
    login/0/*) kind=json ;;
    logout/0/*) kind=json ;;
    delete-chat-properties/0/*) kind=json ;;
    delete-chat-thread-properties/0/*) kind=json ;;
    delete-event-properties/0/*) kind=json ;;
    update-chat-properties/0/*) kind=json ;;
    update-chat-thread-properties/0/*) kind=json ;;
    update-event-properties/0/*) kind=json ;;
    tag-chat-thread/0/*) kind=json ;;
    untag-chat-thread/0/*) kind=json ;;
    get-archives/0/*) kind=json ;;
    get-chat-threads/0/*) kind=json ;;
    get-chat-threads-summary/0/*) kind=json ;;
    send-rich-message-postback/0/*) kind=json ;;
    multicast/0/*) kind=json ;;
    send-typing-indicator/0/*) kind=json ;;
    close-thread/0/*) kind=json ;;
    change-push-notifications/0/*) kind=json ;;
    update-last-seen-timestamp/0/*) kind=json ;;
    call/0/*) kind=words words='activate_chat follow_chat get_chats_summary start_chat transfer_chat unfollow_chat grant_access revoke_access set_access add_user_to_chat update_agent remove_user_from_chat set_away_status ban_customer create_customer get_customers update_customer send_event login logout delete_chat_properties delete_chat_thread_properties delete_event_properties update_chat_properties update_chat_thread_properties update_event_properties tag_chat_thread untag_chat_thread get_archives get_chat_threads get_chat_threads_summary send_rich_message_postback multicast send_typing_indicator close_thread change_push_notifications update_last_seen_timestamp' ;;
    call/1/*) kind=json ;;
    listen/*/*) kind=command ;;
    sandbox/*/*) kind=command ;;
    methods/*/*) kind=words words='activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp' ;;
    config/0/*) kind=words words='path list get set unset' ;;
    config/*/default_profile) kind=profile ;;
    config/*/api) kind=words words='3.0 3.6' ;;
    config/*/region) kind=words words='dal fra' ;;
    config/*/token_file) kind=file ;;
    config/*/output) kind=words words='json text table csv' ;;
    config/*/ca_file) kind=file ;;
    config/*/*) kind=words words='default_profile api url region token token_file token_command organization_id author_id account_id timezone reconnect away customer_monitoring_level output timeout max_time window rate ca_file proxy retry_idempotent verbose' ;;
    completion/0/*) kind=words words='bash zsh fish' ;;
    help/0/*) kind=words words='recipes api-versions exit-statuses payload streams journal listen events pushes connection tokens environment sandbox-choices activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call listen sandbox methods config doctor completion help' ;;
  esac
}
}

# Define what completes the commands of API 3.6.
_rtm_api_3_6() {
_rtm_commands='list-chats list-threads get-chat list-archives start-chat resume-chat deactivate-chat follow-chat unfollow-chat transfer-chat add-user-to-chat remove-user-from-chat send-event-preview send-event send-rich-message-postback update-chat-properties delete-chat-properties update-thread-properties delete-thread-properties update-event-properties delete-event-properties tag-thread untag-thread get-customer update-customer ban-customer subscribe-customers unsubscribe-customers login set-away-status set-routing-status logout list-routing-statuses update-session mark-events-as-seen send-thinking-indicator send-typing-indicator multicast list-agents-for-transfer request-thread-summary call listen sandbox methods config doctor completion help'
_rtm_input='--set --set-string --no-validate --dry-run -n --skeleton --csv'
_rtm_stream='--window --rate --fail-fast --journal --journal-answers --retry-unknown'
_rtm_wait='--wait --wait-for --wait-timeout'
_rtm_pages='--all --max-items'
_rtm_list_output='--output'
_rtm_transcript_output='--output'
_rtm_output='--compact --pretty --color --envelope --quiet -q --error-format'
_rtm_connection='--api --profile --url --region --token-file --organization-id --reconnect --no-reconnect --away --no-away --timeout --max-time --ca-file --proxy --retry-idempotent --no-retry-idempotent --verbose -v'

# Set flags to the flags of the command $1.
_rtm_flags() {
  case $1 in
    '') flags="--help -h --version --api --profile" ;;
    list-chats) flags="--filters --filters-active --no-filters-active --filters-include-chats-without-threads --no-filters-include-chats-without-threads --filters-group-ids --filters-properties --sort-order --limit --page-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    list-threads) flags="--chat-id --sort-order --limit --page-id --min-events-count --filters --filters-from --filters-to --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    get-chat) flags="--chat-id --thread-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_transcript_output $_rtm_output $_rtm_connection" ;;
    list-archives) flags="--filters --filters-query --filters-from --filters-to --filters-chat-ids --filters-thread-ids --filters-group-ids --filters-properties --filters-agents --filters-agents-exists --no-filters-agents-exists --filters-agents-values --filters-agents-exclude-values --filters-agents-require-every-value --no-filters-agents-require-every-value --filters-tags --filters-tags-exists --no-filters-tags-exists --filters-tags-values --filters-tags-exclude-values --filters-tags-require-every-value --no-filters-tags-require-every-value --filters-sales --filters-sales-exists --no-filters-sales-exists --filters-sales-values --filters-sales-exclude-values --filters-sales-require-every-value --no-filters-sales-require-every-value --filters-goals --filters-goals-exists --no-filters-goals-exists --filters-goals-values --filters-goals-exclude-values --filters-goals-require-every-value --no-filters-goals-require-every-value --filters-forms --filters-event-types --filters-event-types-values --filters-event-types-exclude-values --filters-event-types-require-every-value --no-filters-event-types-require-every-value --filters-greetings --filters-greetings-from --filters-greetings-to --filters-greetings-exists --no-filters-greetings-exists --filters-greetings-values --filters-greetings-exclude-values --filters-greetings-groups --filters-greetings-groups-values --filters-greetings-groups-exclude-values --filters-agent-response --filters-agent-response-exists --no-filters-agent-response-exists --filters-agent-response-first --no-filters-agent-response-first --filters-agent-response-agents --filters-agent-response-agents-values --filters-agent-response-agents-exclude-values --filters-agent-response-groups --filters-agent-response-groups-values --filters-agent-response-groups-exclude-values --filters-agent-types --filters-agent-types-all-values --filters-agent-types-any-values --filters-agent-types-exclude-values --filters-customer-countries --filters-customer-countries-exists --no-filters-customer-countries-exists --filters-customer-countries-values --filters-customer-countries-exclude-values --filters-customer-countries-require-every-value --no-filters-customer-countries-require-every-value --filters-customer-id --filters-customer-email --page-id --sort-order --limit --highlights --highlights-pre-tag --highlights-post-tag --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_pages $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    start-chat) flags="--chat --chat-properties --chat-access --chat-access-group-ids --chat-users --chat-thread --chat-thread-events --chat-thread-properties --active --no-active --continuous --no-continuous --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    resume-chat) flags="--chat --chat-id --chat-access --chat-access-group-ids --chat-properties --chat-users --chat-thread --chat-thread-events --chat-thread-properties --active --no-active --continuous --no-continuous --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    deactivate-chat) flags="--id --ignore-requester-presence --no-ignore-requester-presence --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    follow-chat) flags="--id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    unfollow-chat) flags="--id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    transfer-chat) flags="--id --target --target-type --target-ids --ignore-agents-availability --no-ignore-agents-availability --ignore-requester-presence --no-ignore-requester-presence --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    add-user-to-chat) flags="--chat-id --user-id --user-type --visibility --ignore-requester-presence --no-ignore-requester-presence --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    remove-user-from-chat) flags="--chat-id --user-id --user-type --ignore-requester-presence --no-ignore-requester-presence --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-event-preview) flags="--chat-id --event --event-type --event-text --text --text-file --event-custom-id --event-visibility --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    send-event) flags="--chat-id --event --event-type --event-custom-id --event-visibility --event-properties --event-text --text --text-file --event-postback --event-postback-id --event-postback-thread-id --event-postback-event-id --event-postback-type --event-postback-value --event-postback-ecommerce --event-postback-ecommerce-product-id --event-postback-ecommerce-option-id --event-postback-ecommerce-quantity --event-template-id --event-elements --event-url --event-alternative-text --event-form-id --event-fields --event-content --event-system-message-type --event-text-vars --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-rich-message-postback) flags="--chat-id --event-id --postback --postback-id --postback-toggled --no-postback-toggled --postback-button-type --postback-button-value --postback-ecommerce --postback-ecommerce-product-id --postback-ecommerce-option-id --postback-ecommerce-quantity --thread-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-chat-properties) flags="--id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    delete-chat-properties) flags="--id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-thread-properties) flags="--chat-id --thread-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    delete-thread-properties) flags="--chat-id --thread-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    update-event-properties) flags="--chat-id --thread-id --event-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    delete-event-properties) flags="--chat-id --thread-id --event-id --properties --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    tag-thread) flags="--chat-id --thread-id --tag --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    untag-thread) flags="--chat-id --thread-id --tag --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    get-customer) flags="--id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    update-customer) flags="--id --name --email --avatar --phone-number --session-fields --omnichannel --omnichannel-fbmessenger --omnichannel-fbmessenger-id --omnichannel-fbmessenger-name --omnichannel-fbmessenger-first-name --omnichannel-fbmessenger-last-name --omnichannel-fbmessenger-profile-pic --omnichannel-fbmessenger-gender --omnichannel-fbmessenger-locale --omnichannel-fbmessenger-is-verified-user --no-omnichannel-fbmessenger-is-verified-user --omnichannel-twilio --omnichannel-twilio-phone-number --address --address-address --address-city --address-country --address-state --address-postal-code --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    ban-customer) flags="--id --ban --ban-days --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    subscribe-customers) flags="--group-ids --limit --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    unsubscribe-customers) flags="--subscription-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    login) flags="--timezone --application --application-name --application-version --customer-monitoring-level --pushes --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    set-away-status) flags="--away --no-away --wait-for --wait-timeout --api --profile --url --region --token-file --organization-id --reconnect --no-reconnect --timeout --max-time --ca-file --proxy --retry-idempotent --no-retry-idempotent --verbose -v --help -h $_rtm_input $_rtm_stream $_rtm_output" ;;
    set-routing-status) flags="--status --agent-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    logout) flags="--agent-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    list-routing-statuses) flags="--filters --filters-group-ids --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    update-session) flags="--wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    mark-events-as-seen) flags="--chat-id --seen-up-to --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-thinking-indicator) flags="--chat-id --title --description --visibility --custom-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    send-typing-indicator) flags="--chat-id --visibility --is-typing --no-is-typing --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_output $_rtm_connection" ;;
    multicast) flags="--recipients --recipients-agents --recipients-agents-all --no-recipients-agents-all --recipients-agents-ids --recipients-agents-groups --content --type --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    list-agents-for-transfer) flags="--chat-id --wait-for --wait-timeout --help -h $_rtm_input $_rtm_stream $_rtm_list_output $_rtm_output $_rtm_connection" ;;
    request-thread-summary) flags="--chat-id --thread-id --help -h $_rtm_input $_rtm_stream $_rtm_wait $_rtm_output $_rtm_connection" ;;
    call) flags="--set --set-string --dry-run -n --wait-for --wait-timeout --help -h $_rtm_stream $_rtm_output $_rtm_connection" ;;
    listen) flags="--action --chat-id --no-validate --count --for --idle --once --fail-fast --markers --no-markers --output --error-format --max-time --customer-monitoring-level --api --profile --url --region --token-file --organization-id --reconnect --no-reconnect --away --no-away --timeout --ca-file --proxy --verbose -v --help -h" ;;
    sandbox) flags="--port --seed --role --scopes --traffic --latency --fault --rate-limit --token-lifetime --write-token --variant --log --tokens --api --help -h" ;;
    methods) flags="--json --schema --asyncapi --scopes --api --help -h" ;;
    config) flags="--json --compact --pretty --color --error-format --help -h $_rtm_connection" ;;
    doctor) flags="--json --compact --pretty --color --error-format --api --profile --url --region --token-file --organization-id --reconnect --no-reconnect --away --no-away --timeout --max-time --ca-file --proxy --verbose -v --help -h" ;;
    completion) flags="--api --help -h" ;;
    help) flags="--all --man --api --help -h" ;;
  esac
}

# Set kind and words for the value of the flag $2 of the command $1; fail if it has
# none.
_rtm_value() {
  case $1$2 in
    --api) kind=words words='3.0 3.6' ;;
    --profile) kind=profile ;;
    list-chats--filters) kind=json ;;
    list-chats--filters-group-ids) kind=text ;;
    list-chats--filters-properties) kind=json ;;
    list-chats--sort-order) kind=words words='asc desc' ;;
    list-chats--limit) kind=text ;;
    list-chats--page-id) kind=text ;;
    list-chats--wait-for) kind=text ;;
    list-chats--wait-timeout) kind=text ;;
    list-chats--output) kind=words words='json table csv' ;;
    list-threads--chat-id) kind=text ;;
    list-threads--sort-order) kind=words words='asc desc' ;;
    list-threads--limit) kind=text ;;
    list-threads--page-id) kind=text ;;
    list-threads--min-events-count) kind=text ;;
    list-threads--filters) kind=json ;;
    list-threads--filters-from) kind=text ;;
    list-threads--filters-to) kind=text ;;
    list-threads--wait-for) kind=text ;;
    list-threads--wait-timeout) kind=text ;;
    list-threads--output) kind=words words='json table csv' ;;
    get-chat--chat-id) kind=text ;;
    get-chat--thread-id) kind=text ;;
    get-chat--wait-for) kind=text ;;
    get-chat--wait-timeout) kind=text ;;
    get-chat--output) kind=words words='json text' ;;
    list-archives--filters) kind=json ;;
    list-archives--filters-query) kind=text ;;
    list-archives--filters-from) kind=text ;;
    list-archives--filters-to) kind=text ;;
    list-archives--filters-chat-ids) kind=text ;;
    list-archives--filters-thread-ids) kind=text ;;
    list-archives--filters-group-ids) kind=text ;;
    list-archives--filters-properties) kind=json ;;
    list-archives--filters-agents) kind=json ;;
    list-archives--filters-agents-values) kind=text ;;
    list-archives--filters-agents-exclude-values) kind=text ;;
    list-archives--filters-tags) kind=json ;;
    list-archives--filters-tags-values) kind=text ;;
    list-archives--filters-tags-exclude-values) kind=text ;;
    list-archives--filters-sales) kind=json ;;
    list-archives--filters-sales-values) kind=text ;;
    list-archives--filters-sales-exclude-values) kind=text ;;
    list-archives--filters-goals) kind=json ;;
    list-archives--filters-goals-values) kind=text ;;
    list-archives--filters-goals-exclude-values) kind=text ;;
    list-archives--filters-forms) kind=json ;;
    list-archives--filters-event-types) kind=json ;;
    list-archives--filters-event-types-values) kind=text ;;
    list-archives--filters-event-types-exclude-values) kind=text ;;
    list-archives--filters-greetings) kind=json ;;
    list-archives--filters-greetings-from) kind=text ;;
    list-archives--filters-greetings-to) kind=text ;;
    list-archives--filters-greetings-values) kind=text ;;
    list-archives--filters-greetings-exclude-values) kind=text ;;
    list-archives--filters-greetings-groups) kind=json ;;
    list-archives--filters-greetings-groups-values) kind=text ;;
    list-archives--filters-greetings-groups-exclude-values) kind=text ;;
    list-archives--filters-agent-response) kind=json ;;
    list-archives--filters-agent-response-agents) kind=json ;;
    list-archives--filters-agent-response-agents-values) kind=text ;;
    list-archives--filters-agent-response-agents-exclude-values) kind=text ;;
    list-archives--filters-agent-response-groups) kind=json ;;
    list-archives--filters-agent-response-groups-values) kind=text ;;
    list-archives--filters-agent-response-groups-exclude-values) kind=text ;;
    list-archives--filters-agent-types) kind=json ;;
    list-archives--filters-agent-types-all-values) kind=words words='human chatbot ai_agent' ;;
    list-archives--filters-agent-types-any-values) kind=words words='human chatbot ai_agent' ;;
    list-archives--filters-agent-types-exclude-values) kind=words words='human chatbot ai_agent' ;;
    list-archives--filters-customer-countries) kind=json ;;
    list-archives--filters-customer-countries-values) kind=text ;;
    list-archives--filters-customer-countries-exclude-values) kind=text ;;
    list-archives--filters-customer-id) kind=text ;;
    list-archives--filters-customer-email) kind=text ;;
    list-archives--page-id) kind=text ;;
    list-archives--sort-order) kind=words words='asc desc' ;;
    list-archives--limit) kind=text ;;
    list-archives--highlights) kind=json ;;
    list-archives--highlights-pre-tag) kind=text ;;
    list-archives--highlights-post-tag) kind=text ;;
    list-archives--wait-for) kind=text ;;
    list-archives--wait-timeout) kind=text ;;
    list-archives--output) kind=words words='json table csv' ;;
    start-chat--chat) kind=json ;;
    start-chat--chat-properties) kind=json ;;
    start-chat--chat-access) kind=json ;;
    start-chat--chat-access-group-ids) kind=text ;;
    start-chat--chat-users) kind=json ;;
    start-chat--chat-thread) kind=json ;;
    start-chat--chat-thread-events) kind=json ;;
    start-chat--chat-thread-properties) kind=json ;;
    resume-chat--chat) kind=json ;;
    resume-chat--chat-id) kind=text ;;
    resume-chat--chat-access) kind=json ;;
    resume-chat--chat-access-group-ids) kind=text ;;
    resume-chat--chat-properties) kind=json ;;
    resume-chat--chat-users) kind=json ;;
    resume-chat--chat-thread) kind=json ;;
    resume-chat--chat-thread-events) kind=json ;;
    resume-chat--chat-thread-properties) kind=json ;;
    deactivate-chat--id) kind=text ;;
    follow-chat--id) kind=text ;;
    unfollow-chat--id) kind=text ;;
    transfer-chat--id) kind=text ;;
    transfer-chat--target) kind=json ;;
    transfer-chat--target-type) kind=words words='group agent' ;;
    transfer-chat--target-ids) kind=text ;;
    add-user-to-chat--chat-id) kind=text ;;
    add-user-to-chat--user-id) kind=text ;;
    add-user-to-chat--user-type) kind=words words='agent customer' ;;
    add-user-to-chat--visibility) kind=words words='all agents' ;;
    remove-user-from-chat--chat-id) kind=text ;;
    remove-user-from-chat--user-id) kind=text ;;
    remove-user-from-chat--user-type) kind=words words='agent' ;;
    send-event-preview--chat-id) kind=text ;;
    send-event-preview--event) kind=json ;;
    send-event-preview--event-type) kind=words words='message' ;;
    send-event-preview--event-text) kind=text ;;
    send-event-preview--text) kind=text ;;
    send-event-preview--text-file) kind=file ;;
    send-event-preview--event-custom-id) kind=text ;;
    send-event-preview--event-visibility) kind=words words='all' ;;
    send-event-preview--wait-for) kind=text ;;
    send-event-preview--wait-timeout) kind=text ;;
    send-event--chat-id) kind=text ;;
    send-event--event) kind=json ;;
    send-event--event-type) kind=words words='message file rich_message form filled_form custom system_message' ;;
    send-event--event-custom-id) kind=text ;;
    send-event--event-visibility) kind=words words='all agents' ;;
    send-event--event-properties) kind=json ;;
    send-event--event-text) kind=text ;;
    send-event--text) kind=text ;;
    send-event--text-file) kind=file ;;
    send-event--event-postback) kind=json ;;
    send-event--event-postback-id) kind=text ;;
    send-event--event-postback-thread-id) kind=text ;;
    send-event--event-postback-event-id) kind=text ;;
    send-event--event-postback-type) kind=text ;;
    send-event--event-postback-value) kind=text ;;
    send-event--event-postback-ecommerce) kind=json ;;
    send-event--event-postback-ecommerce-product-id) kind=text ;;
    send-event--event-postback-ecommerce-option-id) kind=text ;;
    send-event--event-postback-ecommerce-quantity) kind=text ;;
    send-event--event-template-id) kind=words words='cards sticker quick_replies ecommerce' ;;
    send-event--event-elements) kind=json ;;
    send-event--event-url) kind=text ;;
    send-event--event-alternative-text) kind=text ;;
    send-event--event-form-id) kind=text ;;
    send-event--event-fields) kind=json ;;
    send-event--event-content) kind=json ;;
    send-event--event-system-message-type) kind=text ;;
    send-event--event-text-vars) kind=json ;;
    send-rich-message-postback--chat-id) kind=text ;;
    send-rich-message-postback--event-id) kind=text ;;
    send-rich-message-postback--postback) kind=json ;;
    send-rich-message-postback--postback-id) kind=text ;;
    send-rich-message-postback--postback-button-type) kind=text ;;
    send-rich-message-postback--postback-button-value) kind=text ;;
    send-rich-message-postback--postback-ecommerce) kind=json ;;
    send-rich-message-postback--postback-ecommerce-product-id) kind=text ;;
    send-rich-message-postback--postback-ecommerce-option-id) kind=text ;;
    send-rich-message-postback--postback-ecommerce-quantity) kind=text ;;
    send-rich-message-postback--thread-id) kind=text ;;
    update-chat-properties--id) kind=text ;;
    update-chat-properties--properties) kind=json ;;
    delete-chat-properties--id) kind=text ;;
    delete-chat-properties--properties) kind=json ;;
    update-thread-properties--chat-id) kind=text ;;
    update-thread-properties--thread-id) kind=text ;;
    update-thread-properties--properties) kind=json ;;
    delete-thread-properties--chat-id) kind=text ;;
    delete-thread-properties--thread-id) kind=text ;;
    delete-thread-properties--properties) kind=json ;;
    update-event-properties--chat-id) kind=text ;;
    update-event-properties--thread-id) kind=text ;;
    update-event-properties--event-id) kind=text ;;
    update-event-properties--properties) kind=json ;;
    delete-event-properties--chat-id) kind=text ;;
    delete-event-properties--thread-id) kind=text ;;
    delete-event-properties--event-id) kind=text ;;
    delete-event-properties--properties) kind=json ;;
    tag-thread--chat-id) kind=text ;;
    tag-thread--thread-id) kind=text ;;
    tag-thread--tag) kind=text ;;
    untag-thread--chat-id) kind=text ;;
    untag-thread--thread-id) kind=text ;;
    untag-thread--tag) kind=text ;;
    get-customer--id) kind=text ;;
    get-customer--wait-for) kind=text ;;
    get-customer--wait-timeout) kind=text ;;
    update-customer--id) kind=text ;;
    update-customer--name) kind=text ;;
    update-customer--email) kind=text ;;
    update-customer--avatar) kind=text ;;
    update-customer--phone-number) kind=text ;;
    update-customer--session-fields) kind=json ;;
    update-customer--omnichannel) kind=json ;;
    update-customer--omnichannel-fbmessenger) kind=json ;;
    update-customer--omnichannel-fbmessenger-id) kind=text ;;
    update-customer--omnichannel-fbmessenger-name) kind=text ;;
    update-customer--omnichannel-fbmessenger-first-name) kind=text ;;
    update-customer--omnichannel-fbmessenger-last-name) kind=text ;;
    update-customer--omnichannel-fbmessenger-profile-pic) kind=text ;;
    update-customer--omnichannel-fbmessenger-gender) kind=text ;;
    update-customer--omnichannel-fbmessenger-locale) kind=text ;;
    update-customer--omnichannel-twilio) kind=json ;;
    update-customer--omnichannel-twilio-phone-number) kind=text ;;
    update-customer--address) kind=json ;;
    update-customer--address-address) kind=text ;;
    update-customer--address-city) kind=text ;;
    update-customer--address-country) kind=text ;;
    update-customer--address-state) kind=text ;;
    update-customer--address-postal-code) kind=text ;;
    ban-customer--id) kind=text ;;
    ban-customer--ban) kind=json ;;
    ban-customer--ban-days) kind=text ;;
    subscribe-customers--group-ids) kind=text ;;
    subscribe-customers--limit) kind=text ;;
    subscribe-customers--wait-for) kind=text ;;
    subscribe-customers--wait-timeout) kind=text ;;
    unsubscribe-customers--subscription-id) kind=text ;;
    unsubscribe-customers--wait-for) kind=text ;;
    unsubscribe-customers--wait-timeout) kind=text ;;
    login--timezone) kind=text ;;
    login--application) kind=json ;;
    login--application-name) kind=text ;;
    login--application-version) kind=text ;;
    login--customer-monitoring-level) kind=words words='my chatting invited online highest_available' ;;
    login--pushes) kind=json ;;
    login--wait-for) kind=text ;;
    login--wait-timeout) kind=text ;;
    set-away-status--wait-for) kind=text ;;
    set-away-status--wait-timeout) kind=text ;;
    set-away-status--api) kind=words words='3.0 3.6' ;;
    set-away-status--profile) kind=profile ;;
    set-away-status--url) kind=text ;;
    set-away-status--region) kind=words words='dal fra' ;;
    set-away-status--token-file) kind=file ;;
    set-away-status--organization-id) kind=text ;;
    set-away-status--timeout) kind=text ;;
    set-away-status--max-time) kind=text ;;
    set-away-status--ca-file) kind=file ;;
    set-away-status--proxy) kind=text ;;
    set-routing-status--status) kind=words words='accepting_chats not_accepting_chats offline' ;;
    set-routing-status--agent-id) kind=text ;;
    logout--agent-id) kind=text ;;
    logout--wait-for) kind=text ;;
    logout--wait-timeout) kind=text ;;
    list-routing-statuses--filters) kind=json ;;
    list-routing-statuses--filters-group-ids) kind=text ;;
    list-routing-statuses--wait-for) kind=text ;;
    list-routing-statuses--wait-timeout) kind=text ;;
    list-routing-statuses--output) kind=words words='json table csv' ;;
    update-session--wait-for) kind=text ;;
    update-session--wait-timeout) kind=text ;;
    mark-events-as-seen--chat-id) kind=text ;;
    mark-events-as-seen--seen-up-to) kind=text ;;
    send-thinking-indicator--chat-id) kind=text ;;
    send-thinking-indicator--title) kind=text ;;
    send-thinking-indicator--description) kind=text ;;
    send-thinking-indicator--visibility) kind=words words='all agents' ;;
    send-thinking-indicator--custom-id) kind=text ;;
    send-typing-indicator--chat-id) kind=text ;;
    send-typing-indicator--visibility) kind=words words='all agents' ;;
    send-typing-indicator--wait-for) kind=text ;;
    send-typing-indicator--wait-timeout) kind=text ;;
    multicast--recipients) kind=json ;;
    multicast--recipients-agents) kind=json ;;
    multicast--recipients-agents-ids) kind=text ;;
    multicast--recipients-agents-groups) kind=text ;;
    multicast--content) kind=json ;;
    multicast--type) kind=text ;;
    list-agents-for-transfer--chat-id) kind=text ;;
    list-agents-for-transfer--wait-for) kind=text ;;
    list-agents-for-transfer--wait-timeout) kind=text ;;
    list-agents-for-transfer--output) kind=words words='json table csv' ;;
    request-thread-summary--chat-id) kind=text ;;
    request-thread-summary--thread-id) kind=text ;;
    call--set) kind=text ;;
    call--set-string) kind=text ;;
    call--wait-for) kind=text ;;
    call--wait-timeout) kind=text ;;
    listen--action) kind=words words='incoming_chat chat_deactivated chat_deleted thread_deleted threads_deleted chat_access_updated chat_transferred user_added_to_chat user_removed_from_chat incoming_event event_deleted event_updated incoming_rich_message_postback chat_properties_updated chat_properties_deleted thread_properties_updated thread_properties_deleted event_properties_updated event_properties_deleted thread_tagged thread_untagged incoming_customers incoming_customer customer_updated customer_page_updated customer_statistics_updated customer_banned customer_transferred customer_left subscribed_customers_totals_updated ticket_created ticket_deleted routing_status_set agent_disconnected agent_created agent_approved agent_updated agent_suspended agent_unsuspended agent_deleted auto_accesses_updated bot_created bot_updated bot_deleted group_created group_deleted group_updated tag_created tag_deleted tag_updated groups_status_updated license_properties_updated group_properties_updated incoming_thinking_indicator incoming_typing_indicator incoming_sneak_peek events_marked_as_seen incoming_multicast chat_unfollowed queue_positions_updated thread_summary_set incoming_error' ;;
    listen--chat-id) kind=text ;;
    listen--count) kind=text ;;
    listen--for) kind=text ;;
    listen--idle) kind=text ;;
    listen--output) kind=words words='text json' ;;
    listen--error-format) kind=words words='text json' ;;
    listen--max-time) kind=text ;;
    listen--customer-monitoring-level) kind=text ;;
    listen--api) kind=words words='3.0 3.6' ;;
    listen--profile) kind=profile ;;
    listen--url) kind=text ;;
    listen--region) kind=words words='dal fra' ;;
    listen--token-file) kind=file ;;
    listen--organization-id) kind=text ;;
    listen--timeout) kind=text ;;
    listen--ca-file) kind=file ;;
    listen--proxy) kind=text ;;
    sandbox--port) kind=text ;;
    sandbox--seed) kind=text ;;
    sandbox--role) kind=words words='owner administrator normal' ;;
    sandbox--scopes) kind=text ;;
    sandbox--traffic) kind=text ;;
    sandbox--latency) kind=text ;;
    sandbox--fault) kind=parts words='*: activate_chat: follow_chat: get_chats_summary: start_chat: transfer_chat: unfollow_chat: grant_access: revoke_access: set_access: add_user_to_chat: update_agent: remove_user_from_chat: set_away_status: ban_customer: create_customer: get_customers: update_customer: send_event: login: logout: delete_chat_properties: delete_chat_thread_properties: delete_event_properties: update_chat_properties: update_chat_thread_properties: update_event_properties: tag_chat_thread: untag_chat_thread: get_archives: get_chat_threads: get_chat_threads_summary: send_rich_message_postback: multicast: send_typing_indicator: close_thread: change_push_notifications: update_last_seen_timestamp: ping: list_chats: list_threads: get_chat: list_archives: resume_chat: deactivate_chat: send_event_preview: update_thread_properties: delete_thread_properties: tag_thread: untag_thread: get_customer: subscribe_customers: unsubscribe_customers: set_routing_status: list_routing_statuses: update_session: mark_events_as_seen: send_thinking_indicator: list_agents_for_transfer: request_thread_summary:' second='error=internal error=validation error=authorization error=authentication error=request_timeout error=license_expired error=unsupported_version error=misdirected_request error=entity_too_large error=wrong_product_version error=license_not_found error=requester_already_offline error=requester_offline error=pending_requests_limit_reached error=requester_awaiting_approval error=requester_suspended error=seats_limit_exceeded error=too_many_requests error=chat_inactive error=service_unavailable error=agent_offline error=missing_access error=not_found error=limit_reached error=already_exists error=chat_anonymized error=customer_banned error=greeting_not_found error=group_not_found error=group_offline error=group_unavailable error=groups_offline error=not_allowed error=users_limit_reached error=transfer_ownership error=ownership_transfer malformed=json malformed=list malformed=empty malformed=utf8 malformed=binary no-id duplicate foreign push-first delay= silent drop=before drop=after drop=answered close= disconnect=access_token_expired disconnect=access_token_revoked disconnect=agent_deleted disconnect=agent_disconnected_by_server disconnect=agent_logged_out_remotely disconnect=connection_timeout disconnect=ping_timeout disconnect=internal_error disconnect=license_expired disconnect=license_not_found disconnect=misdirected_connection disconnect=misdirected_request disconnect=product_version_changed disconnect=too_many_connections disconnect=too_many_unauthorized_connections disconnect=unsupported_version disconnect=connection_evicted disconnect=role_permissions_changed' ;;
    sandbox--rate-limit) kind=text ;;
    sandbox--token-lifetime) kind=text ;;
    sandbox--write-token) kind=file ;;
    sandbox--variant) kind=words words='require-organization-id basic-tokens one-agent total-active-chats failing-summaries' ;;
    sandbox--log) kind=file ;;
    sandbox--api) kind=words words='3.0 3.6' ;;
    methods--api) kind=words words='3.0 3.6' ;;
    config--color) kind=words words='auto always never' ;;
    config--error-format) kind=words words='text json' ;;
    doctor--color) kind=words words='auto always never' ;;
    doctor--error-format) kind=words words='text json' ;;
    doctor--api) kind=words words='3.0 3.6' ;;
    doctor--profile) kind=profile ;;
    doctor--url) kind=text ;;
    doctor--region) kind=words words='dal fra' ;;
    doctor--token-file) kind=file ;;
    doctor--organization-id) kind=text ;;
    doctor--timeout) kind=text ;;
    doctor--max-time) kind=text ;;
    doctor--ca-file) kind=file ;;
    doctor--proxy) kind=text ;;
    completion--api) kind=words words='3.0 3.6' ;;
    help--api) kind=words words='3.0 3.6' ;;
    *--set) kind=text ;;
    *--set-string) kind=text ;;
    *--window) kind=text ;;
    *--rate) kind=text ;;
    *--journal) kind=file ;;
    *--wait-for) kind=text ;;
    *--wait-timeout) kind=text ;;
    *--max-items) kind=text ;;
    *--output) kind=words words='json table csv' ;;
    *--output) kind=words words='json text' ;;
    *--color) kind=words words='auto always never' ;;
    *--error-format) kind=words words='text json' ;;
    *--api) kind=words words='3.0 3.6' ;;
    *--profile) kind=profile ;;
    *--url) kind=text ;;
    *--region) kind=words words='dal fra' ;;
    *--token-file) kind=file ;;
    *--organization-id) kind=text ;;
    *--timeout) kind=text ;;
    *--max-time) kind=text ;;
    *--ca-file) kind=file ;;
    *--proxy) kind=text ;;
    *) return 1 ;;
  esac
}

# Set kind and words for the argument number $2, from 0, of the command $1; the word
# before it is $3.
_rtm_positional() {
  case $1/$2/$3 in
    list-chats/0/*) kind=json ;;
    list-threads/0/*) kind=json ;;
    get-chat/0/*) kind=json ;;
    list-archives/0/*) kind=json ;;
    start-chat/0/*) kind=json ;;
    resume-chat/0/*) kind=json ;;
    deactivate-chat/0/*) kind=json ;;
    follow-chat/0/*) kind=json ;;
    unfollow-chat/0/*) kind=json ;;
    transfer-chat/0/*) kind=json ;;
    add-user-to-chat/0/*) kind=json ;;
    remove-user-from-chat/0/*) kind=json ;;
    send-event-preview/0/*) kind=json ;;
    send-event/0/*) kind=json ;;
    send-rich-message-postback/0/*) kind=json ;;
    update-chat-properties/0/*) kind=json ;;
    delete-chat-properties/0/*) kind=json ;;
    update-thread-properties/0/*) kind=json ;;
    delete-thread-properties/0/*) kind=json ;;
    update-event-properties/0/*) kind=json ;;
    delete-event-properties/0/*) kind=json ;;
    tag-thread/0/*) kind=json ;;
    untag-thread/0/*) kind=json ;;
    get-customer/0/*) kind=json ;;
    update-customer/0/*) kind=json ;;
    ban-customer/0/*) kind=json ;;
    subscribe-customers/0/*) kind=json ;;
    unsubscribe-customers/0/*) kind=json ;;
    login/0/*) kind=json ;;
    set-away-status/0/*) kind=json ;;
    set-routing-status/0/*) kind=json ;;
    logout/0/*) kind=json ;;
    list-routing-statuses/0/*) kind=json ;;
    update-session/0/*) kind=json ;;
    mark-events-as-seen/0/*) kind=json ;;
    send-thinking-indicator/0/*) kind=json ;;
    send-typing-indicator/0/*) kind=json ;;
    multicast/0/*) kind=json ;;
    list-agents-for-transfer/0/*) kind=json ;;
    request-thread-summary/0/*) kind=json ;;
    call/0/*) kind=words words='list_chats list_threads get_chat list_archives start_chat resume_chat deactivate_chat follow_chat unfollow_chat transfer_chat add_user_to_chat remove_user_from_chat send_event_preview send_event send_rich_message_postback update_chat_properties delete_chat_properties update_thread_properties delete_thread_properties update_event_properties delete_event_properties tag_thread untag_thread get_customer update_customer ban_customer subscribe_customers unsubscribe_customers login set_away_status set_routing_status logout list_routing_statuses update_session mark_events_as_seen send_thinking_indicator send_typing_indicator multicast list_agents_for_transfer request_thread_summary' ;;
    call/1/*) kind=json ;;
    listen/*/*) kind=command ;;
    sandbox/*/*) kind=command ;;
    methods/*/*) kind=words words='list-chats list-threads get-chat list-archives start-chat resume-chat deactivate-chat follow-chat unfollow-chat transfer-chat add-user-to-chat remove-user-from-chat send-event-preview send-event send-rich-message-postback update-chat-properties delete-chat-properties update-thread-properties delete-thread-properties update-event-properties delete-event-properties tag-thread untag-thread get-customer update-customer ban-customer subscribe-customers unsubscribe-customers login set-away-status set-routing-status logout list-routing-statuses update-session mark-events-as-seen send-thinking-indicator send-typing-indicator multicast list-agents-for-transfer request-thread-summary' ;;
    config/0/*) kind=words words='path list get set unset' ;;
    config/*/default_profile) kind=profile ;;
    config/*/api) kind=words words='3.0 3.6' ;;
    config/*/region) kind=words words='dal fra' ;;
    config/*/token_file) kind=file ;;
    config/*/output) kind=words words='json text table csv' ;;
    config/*/ca_file) kind=file ;;
    config/*/*) kind=words words='default_profile api url region token token_file token_command organization_id author_id account_id timezone reconnect away customer_monitoring_level output timeout max_time window rate ca_file proxy retry_idempotent verbose' ;;
    completion/0/*) kind=words words='bash zsh fish' ;;
    help/0/*) kind=words words='recipes api-versions exit-statuses payload streams journal listen events pushes connection tokens environment sandbox-choices list-chats list-threads get-chat list-archives start-chat resume-chat deactivate-chat follow-chat unfollow-chat transfer-chat add-user-to-chat remove-user-from-chat send-event-preview send-event send-rich-message-postback update-chat-properties delete-chat-properties update-thread-properties delete-thread-properties update-event-properties delete-event-properties tag-thread untag-thread get-customer update-customer ban-customer subscribe-customers unsubscribe-customers login set-away-status set-routing-status logout list-routing-statuses update-session mark-events-as-seen send-thinking-indicator send-typing-indicator multicast list-agents-for-transfer request-thread-summary call listen sandbox methods config doctor completion help' ;;
  esac
}
}

_rtm() {
  local line=${COMP_LINE:0:COMP_POINT} cur prev command='' flags='' kind='' words='' part='' head=''
  local -i position=0 i
  local word skip='' rest='' version=${RTM_API:-} second=''
  COMPREPLY=()
  # bash also splits words at = and @; rtm gets the words that are split at blanks.
  cur=${line##*[[:space:]]}
  line=${line%"$cur"}
  local -a before
  read -ra before <<<"$line"
  prev=${before[${#before[@]} - 1]:-}
  for ((i = 1; i < ${#before[@]}; i++)); do
    case ${before[i]} in
      --) break ;;
      --api) version=${before[i + 1]:-} ;;
      --api=*) version=${before[i]#--api=} ;;
    esac
  done
  declare -F "_rtm_api_${version//./_}" >/dev/null || version=3.0
  "_rtm_api_${version//./_}"
  for ((i = 1; i < ${#before[@]}; i++)); do
    word=${before[i]}
    if [[ -n $skip ]]; then
      skip=''
    elif [[ $word == -- ]]; then
      rest=yes
      break
    elif [[ $word == -* ]]; then
      [[ $word != *=* ]] && _rtm_value "$command" "$word" && skip=yes
    elif [[ -z $command ]]; then
      command=${word//_/-}
    else
      position+=1
    fi
  done
  if [[ -n $rest ]]; then
    for ((i = 1; i < COMP_CWORD; i++)); do
      [[ ${COMP_WORDS[i]} == -- ]] && break
    done
    if declare -F _command_offset >/dev/null; then
      _command_offset $((i + 1))
    else
      _rtm_offer "$(compgen -c -- "$cur" | sort -u)" "" ""
    fi
    return
  fi
  kind='' words=''
  if [[ $cur == --*=* ]]; then
    head=${cur%%=*}= part=${cur#*=}
    _rtm_value "$command" "${cur%%=*}"
  elif [[ -n $skip ]]; then
    part=$cur
    _rtm_value "$command" "$prev"
  elif [[ $cur == -* ]]; then
    part=$cur kind=words
    _rtm_flags "$command"
    words=$flags
  elif [[ -z $command ]]; then
    kind=words words=$_rtm_commands part=$cur
  else
    part=$cur
    _rtm_positional "$command" "$position" "$prev"
  fi
  case $kind in
    words) _rtm_offer "${words// /$'\n'}" "$part" "$head" ;;
    profile) _rtm_offer "$(_rtm_profiles)" "$part" "$head" ;;
    file) _rtm_files "$part" "$head" ;;
    json) [[ $part == @* ]] && _rtm_files "${part#@}" "$head@" ;;
    parts)
      type compopt &>/dev/null && compopt -o nospace 2>/dev/null
      if [[ $part == *:* ]]; then
        _rtm_offer "${second// /$'\n'}" "${part#*:}" "$head${part%%:*}:"
      else
        _rtm_offer "${words// /$'\n'}" "$part" "$head"
      fi
      ;;
  esac
  # bash keeps the part that it has split off; an @ belongs to the part after it.
  local breaks=''
  for word in = @ :; do
    [[ $COMP_WORDBREAKS == *"$word"* ]] && breaks+=$word
  done
  if [[ -n $breaks && $cur == *["$breaks"]* ]]; then
    head=${cur%"${cur##*["$breaks"]}"}
    head=${head%@}
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
      COMPREPLY[i]=${COMPREPLY[i]#"$head"}
    done
  fi
}

complete -F _rtm rtm
