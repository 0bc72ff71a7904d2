// SPDX-FileCopyrightText: 2026 The Claviger authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// oidc-provider on loopback, with three clients and open registration; anybody can sign in with any
// password. Beside it, at /mcp, is a resource that is protected by it (RFC 9728), and for which it
// gives tokens of its own (RFC 8707).
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

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

function client(id, method) {
  return {
    client_id: id,
    ...(method === 'none' ? {} : { client_secret: `secret of ${id}: +&=%` }),
    token_endpoint_auth_method: method,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token', deviceGrant],
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
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (context, resource) => ({
        scope: 'read',
        audience: resource,
        accessTokenFormat: 'jwt',
      }),
    },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
};

// What stands before the provider: true if it has answered.
function protectedResource(issuer, request, response) {
  const metadata = '/.well-known/oauth-protected-resource/mcp';
  if (request.url === '/mcp') {
    const challenge = `Bearer error="invalid_token", resource_metadata="${issuer}${metadata}"`;
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    return true;
  }
  if (request.url === metadata) {
    const document = { resource: `${issuer}/mcp`, authorization_servers: [issuer] };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
    return true;
  }
  return false;
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (!protectedResource(issuer, request, response)) callback(request, response);
  });
  console.log(issuer);
});

process.stdin.on('end', () => process.exit()).resume();
