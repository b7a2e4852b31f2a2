import type { ExpressionSpecification } from 'maplibre-gl'
import type { RiskRegion } from '@/shared/api/risk'
import { tokensOf, type LevelName, type ThemeName } from '@/shared/theme/tokens'

/** Names of levels 1 to 4; 0 is calm. */
const NAMES: readonly LevelName[] = ['blue', 'yellow', 'orange', 'red']
export const LINE = ['district', 'town', 'village', 'grid'] as const
export type RegionLevel = (typeof LINE)[number]

export const nameOf = (level: number): LevelName | null => NAMES[level - 1] ?? null
/** A class of the level's colour; calm is "done". */
export const toneOf = (level: number): string => nameOf(level) ?? 'done'
/** A key of `risk.level`. */
export const levelKey = (level: number): LevelName | 'calm' => nameOf(level) ?? 'calm'

const CLEAR = 'rgba(0,0,0,0)'

/**
 * What colours the features of one level of the map, by the region of the level `told` that each is or lies in: its own
 * id, or the id that the tile says of the one above. Features above the level told have no colour, but for `parent`.
 */
export function tint(drawn: RegionLevel, told: string, regions: readonly RiskRegion[], parent: { id: number; level: number } | undefined, theme: ThemeName): ExpressionSpecification | string {
  const tokens = tokensOf(theme)
  const colour = (level: number) => tokens.dot[nameOf(level) ?? 'blue']
  const depth = LINE.indexOf(drawn) - LINE.indexOf(told as RegionLevel)
  if (depth < 0 || regions.length === 0) return parent && depth < 0 ? ['match', ['id'], [parent.id], parent.level ? colour(parent.level) : tokens.done, CLEAR] : CLEAR
  const groups = [0, 1, 2, 3, 4].flatMap((level) => {
    const ids = regions.filter((one) => one.level === level).map((one) => one.region.id)
    return ids.length ? [ids, level ? colour(level) : tokens.done] : []
  })
  return ['match', depth === 0 ? ['id'] : ['get', told], ...groups, CLEAR] as unknown as ExpressionSpecification
}

/** Which of the regions told a feature of the map is or lies in. */
export function regionUnder(feature: { id?: string | number; properties: Record<string, unknown> }, told: string): number | undefined {
  const found = feature.properties.level === told ? feature.id : feature.properties[told]
  return found === undefined ? undefined : Number(found)
}

/** The level whose colours a map shows: the closer, the lower. */
export function levelAt(zoom: number, here: string): RegionLevel {
  if (here === 'city') return zoom < 8 ? 'district' : 'town'
  if (here === 'district') return zoom < 10 ? 'town' : 'grid'
  return 'grid'
}
