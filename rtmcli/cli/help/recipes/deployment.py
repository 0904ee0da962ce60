"""Recipes for services and for CI."""

from rtmcli.cli.help.recipes.recipe import Recipe

RECIPES = (
    Recipe(
        "systemd",
        "Run a program that handles pushes as a service.",
        """
        systemd restarts it after a failure, after an exit of the program that reads the pushes, and
        if rtm has not reported for a minute that it is alive; but not if the token is no longer
        accepted (4) or the server forbids reconnecting (10). In a unit, $$ is a literal $.
        """,
        r"""
        [Unit]
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=notify
        NotifyAccess=all
        TimeoutStartSec=infinity
        WatchdogSec=60
        LoadCredential=token:/etc/rtm/token
        Environment=RTM_TOKEN_FILE=%d/token
        ExecStart=/bin/bash -c '/usr/local/bin/rtm listen \
            | /usr/local/bin/handle-pushes; exit $${PIPESTATUS[0]}'
        Restart=always
        RestartSec=30
        RestartPreventExitStatus=4 10
        DynamicUser=yes
        NoNewPrivileges=yes

        [Install]
        WantedBy=multi-user.target
        """,
    ),
    Recipe(
        "github-actions",
        "Test a script in GitHub Actions, against the sandbox.",
        """
        Save this as .github/workflows/test.yml. Here the script is ban.sh, and the folder rtm is a
        git submodule with the source of this program. The last line repeats the test with a server
        that is busy at first.
        """,
        r"""
        name: test
        on: [push]
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
            - uses: actions/checkout@v4
              with: {submodules: true}
            - uses: actions/setup-python@v5
              with: {python-version: "3.12"}
            - run: pip install ./rtm
            - run: rtm sandbox -- ./ban.sh
            - run: rtm sandbox --fault '*:error=too_many_requests,nth=1' -- ./ban.sh
        """,
    ),
)
