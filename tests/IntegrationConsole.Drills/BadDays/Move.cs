using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using Npgsql;

namespace IntegrationConsole.Drills.BadDays;

internal enum MoveKind
{
    /// <summary>Upserts into a table.</summary>
    Table,

    /// <summary>One call a record to a company that remembers idempotency keys.</summary>
    Company,
}

/// <summary>One run that meets a fault, and what it must have done in the end.</summary>
internal sealed class Move(Fleet fleet, string fault, MoveKind kind, SyncDefinition sync, Guid runId)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public SyncDefinition Sync => sync;

    public async Task<Run> LookAsync() => (await fleet.Get<RunStore>().FindAsync(sync.TenantId, runId, default))!;

    public Task<Run> WaitAsync(Func<Run, bool> wanted) => Look.UntilAsync(LookAsync, wanted, Patience);

    public int Records => Fleet.RecordsOf(kind);

    /// <summary>It is under way, and has asked for this share of the pages, or made this share of the calls.</summary>
    public Task<Seen> WaitForShareAsync(double share) => Look.UntilAsync(
        SeeAsync, now => !now.Run.IsOpen || (now.Run.State is RunState.Running && (kind is MoveKind.Table ? now.Pages * Fleet.PageSize : now.Calls) >= share * Records), Patience);

    /// <summary>Another node took it up and calls the companies, or it has ended.</summary>
    public async Task WaitForNodeAsync(string otherThan)
    {
        await WaitAsync(run => !run.IsOpen || (run.State is RunState.Running && run.Node != otherThan));
        var taken = await SeeAsync();
        await Look.UntilAsync(SeeAsync, now => !now.Run.IsOpen || now.Calls + now.Pages > taken.Calls + taken.Pages, Patience);
    }

    public async Task<Seen> SeeAsync() => new(await LookAsync(), fleet.World.Sinks[fault].Requests, fleet.World.Traffic.CountOf($"/page/{FleetFile.SlugOf(fault, kind)}"));

    /// <summary>Somebody does work that was not done before: records are read and written, or the company is called.</summary>
    public Task WaitForWorkAsync(Seen before) => Look.UntilAsync(
        SeeAsync, now => !now.Run.IsOpen || (kind is MoveKind.Table ? now.Run.RecordsRead > before.Run.RecordsRead : now.Calls > before.Calls), Patience);

    /// <summary>Where every record is, and how often.</summary>
    public async Task<(int Lost, int Doubled)> CountAsync()
    {
        var there = kind is MoveKind.Table ? await RowsAsync() : [.. fleet.World.Sinks[fault].Items.Select(Read)];
        var right = there.Where(thing => thing == Thing.Of(thing.Id)).Select(thing => thing.Id).ToHashSet();
        var rekeyed = kind is MoveKind.Table ? 0 : fleet.World.Sinks[fault].Rekeyed.Count;
        return (Enumerable.Range(1, Records).Count(id => !right.Contains(id)), there.Count - there.DistinctBy(thing => thing.Id).Count() + rekeyed);
    }

    private static Thing Read(string json)
    {
        using var item = JsonDocument.Parse(json);
        return new Thing(item.RootElement.GetProperty("id").GetInt32(), item.RootElement.GetProperty("name").GetString()!, item.RootElement.GetProperty("amount").GetDecimal());
    }

    private async Task<List<Thing>> RowsAsync()
    {
        await using var source = NpgsqlDataSource.Create(fleet.Destination);
        await using var command = source.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"select id, name, amount from {FleetFile.TableOf(fault)}"));
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Thing>();
        while (await reader.ReadAsync())
        {
            rows.Add(new Thing(reader.GetInt32(0), reader.GetString(1), reader.GetDecimal(2)));
        }

        return rows;
    }
}

/// <param name="Calls">With which the company was sent records.</param>
/// <param name="Pages">That it was asked for.</param>
internal sealed record Seen(Run Run, int Calls, int Pages);

/// <summary>A record, as the source has it and the destination must.</summary>
internal sealed record Thing(int Id, string Name, decimal Amount)
{
    public static Thing Of(int id) => new(id, $"thing {id} ✓", id * 0.01m);
}
