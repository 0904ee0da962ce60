"""The topics of `rtm help TOPIC`, each in the module that has its name."""
