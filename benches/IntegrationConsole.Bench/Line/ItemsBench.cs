using System.Buffers;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Database;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;
using Npgsql;
using NpgsqlTypes;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>
/// Dead letters that are replayed into a table, beside a bare loop that claims as many items with SKIP LOCKED and does the
/// same by hand. For both the items wait in their queue when the clock starts, and all of them are good.
/// </summary>
internal sealed class ItemsBench(LineBed bed, Pace pace)
{
    private const double Goal = 0.7;
    private const string Table = "item_orders";
    private const string ByHand = Table + "_by_hand";
    private const string Queue = "bare_item";
    private const int Chunk = 5_000;

    private Guid _sync;

    public static Task<bool> RunAsync(LineBed bed, Pace pace, Results results) => new ItemsBench(bed, pace).RunAsync(results);

    private async Task<bool> RunAsync(Results results)
    {
        LineBench.Heading("items", $"{Measuring.Table.Number(pace.Items)} dead letters replayed into a table, 20 fields read, 10 mapped, upsert; goal: {Goal} of a bare loop with SKIP LOCKED");
        _sync = (await new OrderSyncs(bed).FromRestAsync(Table, [pace.WarmUpItems]))[0];

        // The first run makes the table.
        await bed.RunAsync(_sync);
        await bed.AskAsync($"create table if not exists {ByHand} (like {Table} including all); select 1");
        for (var time = 0; time < pace.WarmUps; time++)
        {
            await OursAsync(pace.WarmUpItems);
            await BareAsync(pace.WarmUpItems);
        }

        var report = new LineReport("items", Goal, "console", "bare loop", bed.IdleBytes);
        var checksum = "";
        for (var round = 0; round < pace.LineRounds; round++)
        {
            var ours = await OursAsync(pace.Items);
            report.Add(ours, await BareAsync(pace.Items));
            checksum = await bed.ChecksumAsync(Table);
            if (await bed.ChecksumAsync(ByHand) is var other && other != checksum)
            {
                Console.WriteLine($"The rows differ, so the figures mean nothing: {checksum}, and by hand {other}.");
                return false;
            }
        }

        report.Print($"checksum of both: {checksum}");
        report.Keep(results, checksum);
        return true;
    }

    private async Task<LineFigures> OursAsync(int items)
    {
        await bed.ClearAsync(Table);
        await ParkAsync(items);
        var replay = await QueueAsync();
        await bed.TidyAsync("dead_letter, dead_letter_attempt, replay, replay_item", "console");
        return await bed.MeasureAsync(bed.Console, async () =>
        {
            await bed.Get<ReplayControls>().StartNowAsync(bed.Tenant, replay, SmallSyncs.Measurer, default);
            var done = await UntilAsync(replay, now => now.State is ReplayState.Done);
            return done.Delivered == items ? (done.Delivered, done.FinishedAt!.Value - done.BeganAt!.Value)
                : throw new InvalidOperationException($"{done.Delivered} of {items} letters were delivered, {done.Failed} failed: {done.StateReason}");
        });
    }

    private async Task<LineFigures> BareAsync(int items)
    {
        await bed.AskAsync(BareItems.Create(Queue) + $"truncate {ByHand}; select 1");
        await using (var connection = new NpgsqlConnection(bed.Destination))
        {
            await connection.OpenAsync();
            await using var copy = await connection.BeginBinaryImportAsync($"copy {Queue} (id, payload) from stdin (format binary)");
            foreach (var (index, order) in GoodOrders(items).Index())
            {
                await copy.StartRowAsync();
                await copy.WriteAsync((long)index, NpgsqlDbType.Bigint);
                await copy.WriteAsync(order.Payload, NpgsqlDbType.Bytea);
            }

            await copy.CompleteAsync();
        }

        await bed.TidyAsync($"{Queue}, {Queue}_attempt", "destination");
        var figures = await bed.RunLimitAsync(new LimitJob("items", Queue, ByHand, bed.Destination));
        return await bed.AskAsync($"select count(*) from {Queue} i join {Queue}_attempt a on a.item_id = i.id where i.state = 'done'") == $"{items}"
            ? figures : throw new InvalidOperationException("The bare loop left items undone.");
    }

    /// <summary>Sets records aside as the line does.</summary>
    private async Task ParkAsync(int items)
    {
        var (parking, database) = (bed.Get<DeadLetterParking>(), bed.Get<ConsoleDatabase>());
        var context = new LetterContext(bed.Tenant, _sync, Guid.CreateVersion7(), 1, "bench", "bench");
        var failure = new Failure(FailureCause.Mapping, "The bench set it aside.", "bench", "total");
        foreach (var orders in GoodOrders(items).Chunk(Chunk))
        {
            await using var session = await database.InTenantAsync(bed.Tenant, default);
            await parking.ParkAsync(session, context, [.. orders.Select(order => new Casualty(order.Key, LetterStage.Map, LetterOutcome.Rejected, failure, order.Payload))], default);
            await session.CommitAsync(default);
        }
    }

    /// <summary>Asks for a replay of all that waits, which begins when it is told to; until then its letters are written down.</summary>
    private async Task<Guid> QueueAsync()
    {
        var options = new ReplayOptions { Start = ReplayStart.At, StartAt = TimeProvider.System.GetUtcNow().AddDays(1) };
        var selection = new ReplaySelection(null, new DeadLetterFilter(_sync), IncludeUnknown: false, "all of them");
        var (replay, _) = await bed.Get<ReplayStore>().StartAsync(bed.Tenant, selection, options, "", SmallSyncs.Measurer, default) ?? throw new InvalidOperationException("No letter waits.");
        await UntilAsync(replay, now => now.FrozenAt is not null);
        return replay;
    }

    private async Task<Replay> UntilAsync(Guid id, Func<Replay, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(patience.Token))
        {
            var replay = await bed.Get<ReplayStore>().FindAsync(bed.Tenant, id, patience.Token) ?? throw new InvalidOperationException("The replay is gone.");
            if (isSo(replay))
            {
                return replay;
            }

            if (replay.State is ReplayState.Stopped or ReplayState.Cancelled)
            {
                throw new InvalidOperationException($"The replay was stopped: {replay.StateReason}");
            }
        }

        throw new InvalidOperationException("The timer ended.");
    }

    private static IEnumerable<(string Key, byte[] Payload)> GoodOrders(int count)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var given = 0;
        for (var index = 0; given < count; index++)
        {
            if (OrderRegister.IsBad(index))
            {
                continue;
            }

            bytes.ResetWrittenCount();
            OrderRegister.WriteJson(bytes, index, 1);
            given++;
            yield return ($"A-{OrderRegister.First + index}", bytes.WrittenSpan.TrimEnd((byte)',').ToArray());
        }
    }
}
