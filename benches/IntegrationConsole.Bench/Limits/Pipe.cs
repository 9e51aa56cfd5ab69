using System.Threading.Channels;

namespace IntegrationConsole.Bench.Limits;

/// <summary>Reading on one side and writing on the other, two batches apart at most.</summary>
internal static class Pipe
{
    public const int BatchSize = 5_000;

    public static async Task<(long Records, long Bad)> RunAsync(LimitJob job, Func<ChannelWriter<OrderBatch>, Task> readAsync)
    {
        var ahead = Channel.CreateBounded<OrderBatch>(2);
        var reading = Task.Run(async () =>
        {
            try
            {
                await readAsync(ahead.Writer);
                ahead.Writer.Complete();
            }
            catch (Exception problem)
            {
                ahead.Writer.Complete(problem);
            }
        });
        await using var table = await OrderTable.OpenAsync(job.Database, job.Destination);
        var (records, bad) = (0L, 0L);
        await foreach (var batch in ahead.Reader.ReadAllAsync())
        {
            await table.WriteAsync(batch, job.Destination);
            records += batch.Count;
            bad += batch.Bad.Count;
        }

        await reading;
        return (records, bad);
    }
}
