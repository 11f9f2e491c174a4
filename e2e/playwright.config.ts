import {defineConfig} from '@playwright/test';

const port = Number(process.env['MONDE_PORT'] ?? 18080);

// Chromium is Debian's: downloads of other builds are not possible everywhere.
// The flags keep it from looking for the network.
export default defineConfig({
  testDir: 'tests',
  timeout: 60_000,
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: {width: 1280, height: 900},
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `../bin/monde serve --addr 127.0.0.1:${port} --static ../static/dist --data "$(mktemp -d)" --ops-addr "" --max-starts 0 2>server.log`,
    url: `http://127.0.0.1:${port}/readyz`,
    reuseExistingServer: false,
  },
});
