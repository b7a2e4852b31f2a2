import { RadarChart } from 'echarts/charts'
import { LegendComponent, RadarComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useTranslation } from 'react-i18next'
import type { CheckupDomain } from '@/shared/api/checkup'
import { FONT, tokensOf } from '@/shared/theme/tokens'
import { useTheme } from '../app/theme'
import { points, sections } from './figures'
import { useChart } from './useChart'

echarts.use([RadarChart, RadarComponent, LegendComponent, TooltipComponent, SVGRenderer])
const LEAST = 3 // sections that make an area

/** The city's sections, now and before; fewer than three are told in the table alone. */
export function SectionRadar({ domains }: { domains: CheckupDomain[] }) {
  const { t, i18n } = useTranslation('console')
  const found = sections(domains)
  const name = (section: string) => (i18n.exists(`console:checkup.section.${section}`) ? t(`checkup.section.${section}`) : section)
  return (
    <figure className="card checkup-figure">
      <h2>{t('checkup.sections')}</h2>
      {found.length >= LEAST && <Radar rows={found.map((one) => ({ ...one, name: name(one.section) }))} />}
      <figcaption className="meta">{t('checkup.sectionsNote')}</figcaption>
      <table className={found.length >= LEAST ? 'visually-hidden' : 'checkup-table'}>
        <tbody>
          {found.map((one) => (
            <tr key={one.section}>
              <th scope="row">{name(one.section)}</th>
              <td>{points(one.score)}</td>
              <td>{points(one.before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

function Radar({ rows }: { rows: { name: string; score: number; before: number | null }[] }) {
  const { t } = useTranslation('console')
  const tokens = tokensOf(useTheme())
  const text = { color: tokens.secondary, fontFamily: FONT }
  const box = useChart({
    animation: false,
    color: [tokens.brand, tokens.tertiary],
    legend: { top: 0, right: 0, textStyle: text },
    tooltip: {},
    radar: {
      indicator: rows.map((row) => ({ name: `${row.name} ${points(row.score)}`, max: 100 })),
      radius: '62%', center: ['50%', '56%'], axisName: text, splitArea: { show: false },
      splitLine: { lineStyle: { color: tokens.line } }, axisLine: { lineStyle: { color: tokens.line } },
    },
    series: [
      {
        type: 'radar', symbolSize: 4,
        data: [
          { name: t('checkup.now'), value: rows.map((row) => Math.round(row.score * 10) / 10), areaStyle: { opacity: 0.12 } },
          { name: t('checkup.then'), value: rows.map((row) => (row.before === null ? 0 : Math.round(row.before * 10) / 10)), lineStyle: { type: 'dashed' } },
        ].slice(0, rows.every((row) => row.before !== null) ? 2 : 1),
      },
    ],
  })
  return <div ref={box} aria-hidden="true" className="checkup-chart" data-testid="checkup-radar" />
}
