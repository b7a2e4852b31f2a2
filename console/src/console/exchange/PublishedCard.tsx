import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { listPublished, publish } from '@/shared/api/exchange'
import { ErrorNote } from '../app/ErrorNote'
import { useMe } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'
import { useCategories } from '../moves/useCategories'

interface Entry {
  region: number
  categories: string[]
}

/** Which categories everybody may look up, by region. */
export function PublishedCard() {
  const { t } = useTranslation('console')
  const me = useMe()
  const client = useQueryClient()
  const [form] = Form.useForm<Entry>()
  const { groups, all, nameOf } = useCategories()
  const { data, error, refetch } = useQuery({ queryKey: ['published'], queryFn: listPublished })
  const save = useMutation({ mutationFn: publish, onSuccess: (rows) => client.setQueryData(['published'], rows) })
  const label = (code: string) => {
    const found = all.find((item) => item.code === code)
    return found ? nameOf(found) : code
  }
  const options = groups.map((group) => ({ label: group.name, options: group.items.map((item) => ({ value: item.code, label: nameOf(item) })) }))
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('exchange.open.title')}</h2>
        <span className="meta">{t('exchange.open.hint')}</span>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data?.length === 0 && <p className="meta">{t('exchange.open.none')}</p>}
      <ul className="exchange-list">
        {data?.map((row) => (
          <li key={row.region}>
            <b>{row.region_name}</b> <span>{row.categories.map(label).join('、')}</span>
          </li>
        ))}
      </ul>
      <Form
        form={form}
        layout="vertical"
        className="exchange-open"
        initialValues={{ region: me.centre?.id ?? me.post?.region.id, categories: [] }}
        onFinish={(entry) => save.mutate(entry)}
        requiredMark={false}
      >
        <Form.Item name="region" label={t('exchange.region')} rules={[{ required: true, message: t('fields.required', { name: t('exchange.region') }) }]}>
          <RegionSelect onChange={(region) => form.setFieldValue('categories', data?.find((row) => row.region === region)?.categories ?? [])} />
        </Form.Item>
        <Form.Item name="categories" label={t('exchange.open.categories')}>
          <Select mode="multiple" options={options} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Button htmlType="submit" loading={save.isPending}>
          {t('exchange.open.save')}
        </Button>
      </Form>
      {save.isSuccess && (
        <p className="meta" role="status">
          {t('exchange.open.saved')}
        </p>
      )}
      {save.error && <ErrorNote error={save.error} />}
    </section>
  )
}
