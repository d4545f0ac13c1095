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
      to: jobs,
      title: 'Batch jobs',
      about: 'What ran, what failed, what is next',
    },
    {
      to: `${jobs}?status=failed`,
      title: 'Failed jobs',
      about: 'Jobs whose last run failed',
    },
    {
      to: audit,
      title: 'Audit',
      about: 'Who did what, when, and why',
    },
    {
      to: `${catalog}?filters[kind]=group`,
      title: 'Teams',
      about: 'Who owns a job, and whom to ask',
    },
  ];
  return (
    <List dense disablePadding>
      {links.map(({ to, title, about }) => (
        <ListItem key={title} disableGutters>
          <ListItemText
            primary={<Link to={to!}>{title}</Link>}
            secondary={about}
          />
        </ListItem>
      ))}
    </List>
  );
};
