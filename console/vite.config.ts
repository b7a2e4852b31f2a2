/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { preloaded } from './vite.plugins'

export const alias = { '@': fileURLToPath(new URL('./src', import.meta.url)) }

/** In development one server shows both pages: everything below /m/ is the phone's. */
const phonePages: Plugin = {
  name: 'phone-pages',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const path = request.url?.split('?')[0] ?? ''
      if (path === '/m' || (path.startsWith('/m/') && !path.includes('.'))) request.url = '/phone.html'
      next()
    })
  },
}

/**
 * What every page rests on, in two files that are fetched at once, rather than in dozens of small ones that wait for
 * each other's connections.
 */
const BASE = /node_modules\/(react|react-dom|react-is|scheduler|i18next|react-i18next|use-sync-external-store|openapi-fetch|clsx|stylis|@tanstack|@babel|@emotion)\//
const UI = new RegExp(
  'node_modules/(@ant-design/(colors|cssinjs|cssinjs-utils|fast-color)|is-mobile' +
    '|@rc-component/(util|motion|resize-observer|portal|trigger|tooltip|notification|dialog|input)' +
    '|antd/es/(_util|app|button|config-provider|grid|input|locale|message|modal|notification|popconfirm|popover|skeleton|space|style|theme|tooltip|version))/',
)
const PARTS =
  /src\/(shared\/(api\/(http|problem|identity|incidents|city|territory)|theme\/tokens|time|deadline|usePainted|ui\/DeadlineRing)|console\/(app\/(session|theme|clock|ErrorNote)|live\/(live|protocol)|shell\/useAlerts|queue\/(QueueRow|QueueSkeleton|StateChips|useQueue|useQueueKeys)))\./
/** What the first script itself needs waits for none of these. */
const FIRST = /src\/(shared\/(levels|api\/early|i18n\/stored)|console\/(app\/(ahead|home)|queue\/filters))\.ts/
const codeSplitting = {
  groups: [
    { name: 'first', test: FIRST, priority: 1 },
    { name: 'base', test: BASE },
    { name: 'ui', test: UI },
    { name: 'parts', test: PARTS },
  ],
}

export default defineConfig({
  plugins: [react(), phonePages, preloaded('src/console/start.tsx')],
  resolve: { alias },
  server: { port: 5173, proxy: { '/api': { target: 'http://127.0.0.1:8460', changeOrigin: false } } },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1600, rolldownOptions: { output: { codeSplitting } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/shared/testing.ts'] },
})
