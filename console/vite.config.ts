/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

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

export default defineConfig({
  plugins: [react(), phonePages],
  resolve: { alias },
  server: { port: 5173, proxy: { '/api': { target: 'http://127.0.0.1:8460', changeOrigin: false } } },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1600 },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/shared/testing.ts'] },
})
