import { Rate, type RateProps } from 'antd'
import { useTranslation } from 'react-i18next'

/** Stars that say how many they are, for those who do not see them. */
export function Stars(props: RateProps) {
  const { t } = useTranslation('console')
  const star = ({ index = 0 }: { index?: number }) => (
    <span role="img" aria-label={t('callbacks.star', { count: index + 1 })}>
      ★
    </span>
  )
  return <Rate {...props} character={star} />
}
