import { useQuery } from '@tanstack/react-query'
import { BarChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { regionValues } from '@/shared/api/incidents'
import { childrenOf } from '@/shared/api/territory'
import { dark, FONT } from '@/shared/theme/tokens'

echarts.use([BarChart, GridComponent, SVGRenderer])
const MOST = 10

/** The districts with most open incidents; what is overdue stands out. The same numbers as a table for readers. */
export function DistrictBars({ city }: { city: number }) {
  const { t } = useTranslation('console')
  const box = useRef<HTMLDivElement>(null)
  const names = useQuery({ queryKey: ['children', city], queryFn: () => childrenOf(city), staleTime: Infinity })
  const values = useQuery({ queryKey: ['region-values', 'district', undefined], queryFn: () => regionValues('district'), refetchInterval: 30_000 })
  const rows = useMemo(
    () =>
      (names.data ?? [])
        .map((region) => ({ name: region.name, open: 0, overdue: 0, ...values.data?.[String(region.id)] }))
        .filter((row) => row.open > 0)
        .sort((a, b) => b.open - a.open)
        .slice(0, MOST),
    [names.data, values.data],
  )
  useEffect(() => {
    if (!box.current) return
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' })
    const text = { color: dark.secondary, fontFamily: FONT, fontSize: 17 }
    chart.setOption({
      animation: false,
      grid: { left: 0, right: 56, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: 'value', show: false },
      yAxis: { type: 'category', inverse: true, data: rows.map((row) => row.name), axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...text, color: dark.ink } },
      series: [
        { type: 'bar', stack: 'all', barWidth: 8, itemStyle: { color: dark.level.red }, data: rows.map((row) => row.overdue) },
        {
          type: 'bar', stack: 'all', barWidth: 8, itemStyle: { color: dark.level.blue }, data: rows.map((row) => row.open - row.overdue),
          label: { show: true, position: 'right', ...text, formatter: ({ dataIndex }: { dataIndex: number }) => String(rows[dataIndex]?.open ?? '') },
        },
      ],
    })
    return () => chart.dispose()
  }, [rows])
  return (
    <figure className="wall-bars">
      <h2>{t('wall.districts')}</h2>
      <div ref={box} aria-hidden="true" style={{ height: Math.max(1, rows.length) * 34 }} />
      <figcaption>{t('wall.districtsSource')}</figcaption>
      <div className="visually-hidden">
        <table>
          <caption>{t('wall.districts')}</caption>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td>{row.open}</td>
                <td>{row.overdue}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
