import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { alias } from './vite.config'

/** The phone is a bundle of its own: page phone.html, files under assets/m, service worker and manifest under m. */
export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      filename: 'm/sw.js',
      manifestFilename: 'm/manifest.webmanifest',
      scope: '/m/',
      injectRegister: false,
      registerType: 'autoUpdate',
      manifest: {
        id: '/m/',
        name: '城运 · 随手报',
        short_name: '城运',
        lang: 'zh-CN',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        background_color: '#f2f5f7',
        theme_color: '#0b5cad',
        icons: [{ src: '/m/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['phone.html', 'assets/m/**/*.{js,css,woff2}', 'm/*.svg'],
        modifyURLPrefix: { '': '/' },
        navigateFallback: '/phone.html',
        navigateFallbackAllowlist: [/^\/m(\/|$)/],
        maximumFileSizeToCacheInBytes: 6_000_000,
      },
    }),
  ],
  resolve: { alias },
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    assetsDir: 'assets/m',
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: 'phone.html' },
  },
})
