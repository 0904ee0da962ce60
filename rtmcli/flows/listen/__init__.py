"""Listen to the pushes of one agent for weeks, and mark every possible loss in its place."""
