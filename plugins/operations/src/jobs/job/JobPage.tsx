import { useParams } from 'react-router-dom';
import { JobView } from './JobView';

/** A job at its own address. */
export function JobPage() {
  const { engine = '', name = '' } = useParams();
  // another job is another page: nothing of the one before may stay on it
  return <JobView key={`${engine}/${name}`} job={{ engine, name }} />;
}
