import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import {
  auditRouteRef,
  jobsRouteRef,
} from '@craft-easy/backstage-plugin-operations';
import List from '@material-ui/core/List';
import ListItem from '@material-ui/core/ListItem';
import ListItemText from '@material-ui/core/ListItemText';

export const QuickLinks = () => {
  const jobs = useRouteRef(jobsRouteRef)?.();
  const audit = useRouteRef(auditRouteRef)?.();
  const catalog = useRouteRef(catalogPlugin.routes.catalogIndex)?.();
  const links = [
    {
      page: jobs,
      title: 'Batch jobs',
      about: 'What ran, what failed, what is next',
    },
    {
      page: jobs,
      query: '?status=failed',
      title: 'Failed jobs',
      about: 'Jobs whose last run failed',
    },
    {
      page: audit,
      title: 'Audit',
      about: 'Who did what, when, and why',
    },
    {
      page: catalog,
      query: '?filters[kind]=group',
      title: 'Teams',
      about: 'Who owns a job, and whom to ask',
    },
  ];
  return (
    <List dense disablePadding>
      {links.map(
        ({ page, query = '', title, about }) =>
          // a portal may have left the page out
          page && (
            <ListItem key={title} disableGutters>
              <ListItemText
                primary={<Link to={`${page}${query}`}>{title}</Link>}
                secondary={about}
              />
            </ListItem>
          ),
      )}
    </List>
  );
};
