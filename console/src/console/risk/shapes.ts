import type { Map } from 'maplibre-gl'
import { tokensOf, type ThemeName } from '@/shared/theme/tokens'
import { toneOf } from './tint'

/** A kind is told by its shape, its level by colour and size: never by colour alone. */
export const SHAPES = ['alarm', 'incident', 'point', 'thing'] as const
export type Shape = (typeof SHAPES)[number]
const SIZE = 26
const RATIO = 2

export const markOf = (shape: Shape, tone: string): string => `risk-${shape}-${tone}`

const CORNERS: Record<Exclude<Shape, 'incident'>, [number, number][]> = {
  alarm: [[13, 3], [24, 22], [2, 22]],
  point: [[13, 2], [24, 13], [13, 24], [2, 13]],
  thing: [[6, 6], [20, 6], [20, 20], [6, 20]],
}

/** Gives a map the pictures of all marks in a theme. */
export function addMarks(map: Map, theme: ThemeName): void {
  const tokens = tokensOf(theme)
  const tones: Record<string, string> = { ...tokens.dot, done: tokens.done, quiet: tokens.tertiary }
  for (const shape of SHAPES) for (const [tone, colour] of Object.entries(tones)) addMark(map, shape, tone, colour, tokens.rim)
}

function addMark(map: Map, shape: Shape, tone: string, colour: string, rim: string): void {
  const name = markOf(shape, tone)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const pen = canvas.getContext('2d')
  if (!pen || map.hasImage(name)) return
  pen.scale(RATIO, RATIO)
  pen.beginPath()
  if (shape === 'incident') pen.arc(SIZE / 2, SIZE / 2, 9, 0, 2 * Math.PI)
  else for (const [x, y] of CORNERS[shape]) pen.lineTo(x, y)
  pen.closePath()
  pen.fillStyle = colour
  pen.strokeStyle = rim
  pen.lineWidth = 2.5
  pen.lineJoin = 'round'
  pen.fill()
  pen.stroke()
  map.addImage(name, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO })
}

/** The tone of a thing: its alarm's level, else whether it is heard. */
export const thingTone = (state: string, level: number): string => (state === 'alarm' ? toneOf(level) : state === 'alive' ? 'done' : 'quiet')
