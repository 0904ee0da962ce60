"""IDs of the sample data, for clients that know the documents only."""

CHAT = "PJ0MRSHTDG"  # active: agent1 is present
THREAD = "K600PKZON8"
OLD_THREAD = "PT039DS6IP"
EVENT = "2_EW2WQSA8"
RICH_MESSAGE = "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7"
GROUP2_CHAT = "QX5T2L9WAB"  # active in group 2: agent3 is present
GROUP2_THREAD = "T1B7ZQ4MKD"
GROUP3_CHAT = "R8C3N6VYEF"  # active in group 3, where agent1 is not
GROUP3_THREAD = "W4H9K2DPXS"
UNASSIGNED_CHAT = "SD1F7G0HJK"  # active in group 1, without an agent
CLOSED_CHAT = "UK6J5H4G3F"  # closed: agent1 is present
ANNOTATED_CHAT = "WZ2X4C6V8B"  # closed: its last event of agent3 is an annotation
GRACES_CHAT = "VM9B7N5C3X"  # closed in group 1; its first thread is of group 3
AGENT1, AGENT2, AGENT3, AGENT4 = (f"agent{number}@example.com" for number in range(1, 5))
SUPERVISOR = "supervisor@example.com"
BOT = "5c9871d5372c824cbf22d860a707a578"
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"  # on the website, without a chat
CUSTOMER_OF_CLOSED_CHAT = "d4efab70-984f-40ee-aa09-c9cc3c4b0882"
NOBODY = "00000000-0000-4000-8000-000000000000"
