"""The recipes of `rtm help recipes`: whole tasks, with the commands that do them."""
