import * as maplibre from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { FONT } from '@/shared/theme/tokens'

// Under a bundler the map stays blank unless it is told where its worker is.
maplibre.setWorkerUrl(workerUrl)

export { maplibre }

/** Options that every map of the console starts from; characters are drawn by the browser. */
export const MAP_BASE = {
  attributionControl: { compact: true },
  localIdeographFontFamily: FONT,
  dragRotate: false,
  pitchWithRotate: false,
  touchPitch: false,
  maxZoom: 17,
  minZoom: 5,
} as const

/** Without WebGL there is no map; lists and forms work without it, and the place where it would be says so. */
export const DRAWS: boolean = (() => {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
})()
