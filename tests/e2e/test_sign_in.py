# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way: sign in, hand out, refresh, restart."""


def test_sign_in_hand_out_refresh_restart(world):
    instance_id = world.sign_in()

    token = world.caller.get_access_token(instance_id)
    auth = world.caller.call("GetInstanceAuth", "(sa{sv})", (instance_id, {}))
    print(token, auth)
    again = world.caller.get_access_token(instance_id, force_refresh=True)
    assert again != token
    world.daemon.restart()
    assert world.caller.get_access_token(instance_id) == again
