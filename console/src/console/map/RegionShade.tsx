import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { regionValues } from '@/shared/api/incidents'
import type { RegionValue } from '@/shared/api/types'
import { tokensOf, type ThemeName, type Tokens } from '@/shared/theme/tokens'
import { useMap } from './context'

interface Props {
  level: 'district' | 'town'
  parent?: number
  theme: ThemeName
}

/** Regions tinted by what is worst there; live, by feature state, which the style turns into a fill. */
export function RegionShade({ level, parent, theme }: Props) {
  const map = useMap()
  const { data } = useQuery({ queryKey: ['region-values', level, parent], queryFn: () => regionValues(level, parent), refetchInterval: 30_000 })
  useEffect(() => {
    if (!data || !map.getSource('regions')) return
    const tokens = tokensOf(theme)
    for (const [id, value] of Object.entries(data))
      map.setFeatureState({ source: 'regions', sourceLayer: 'regions', id: Number(id) }, { color: shade(value, tokens) })
  }, [map, data, theme])
  return null
}

/** Colour is kept for meaning: a region is tinted when something there is overdue or urgent. */
function shade(value: RegionValue, tokens: Tokens): string | null {
  if (value.overdue > 0) return tokens.levelSoft.red
  return value.level === 'red' || value.level === 'orange' ? tokens.levelSoft[value.level] : null
}
