// SPDX-FileCopyrightText: 2026 The Claviger authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// oidc-provider on loopback, with three clients; anybody can sign in with any password.
//
//   server.mjs MODULES REDIRECT_URI
//
// MODULES is a directory with node_modules. When it is ready it prints its issuer, and it ends when
// its stdin does.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, redirectUri] = process.argv.slice(2);
const resolve = createRequire(join(modules, 'anything')).resolve;
const { default: Provider } = await import(pathToFileURL(resolve('oidc-provider')));

function client(id, method) {
  return {
    client_id: id,
    ...(method === 'none' ? {} : { client_secret: `secret of ${id}: +&=%` }),
    token_endpoint_auth_method: method,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUri],
  };
}

const configuration = {
  clients: [
    client('public', 'none'),
    client('basic', 'client_secret_basic'),
    client('post', 'client_secret_post'),
  ],
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  server.on('request', provider.callback());
  console.log(issuer);
});

process.stdin.on('end', () => process.exit()).resume();
