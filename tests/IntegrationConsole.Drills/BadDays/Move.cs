using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.DeadLetters;
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

    /// <summary>How many of them can only become dead letters.</summary>
    public int Spoilt => FleetFile.HasSpoilt(fault) ? Enumerable.Range(1, Records).Count(Thing.IsSpoilt) : 0;

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

    /// <summary>Where every record is, and how often: at the destination, or among the dead letters.</summary>
    /// <param name="told">The tenant's dead letters.</param>
    public async Task<MoveCount> CountAsync(IReadOnlyList<ToldLetter> told)
    {
        var there = kind is MoveKind.Table ? await RowsAsync() : [.. fleet.World.Sinks[fault].Items.Select(Read)];
        var right = there.Where(thing => thing == Thing.Of(thing.Id)).Select(thing => thing.Id).ToHashSet();
        var rekeyed = kind is MoveKind.Table ? 0 : fleet.World.Sinks[fault].Rekeyed.Count;
        var letters = told.Where(letter => letter.Integration == sync.Slug && letter.State != nameof(LetterState.Superseded)).Select(letter => int.Parse(letter.Record, CultureInfo.InvariantCulture)).ToList();
        var parked = letters.ToHashSet();
        bool IsSpoilt(int id) => Spoilt > 0 && Thing.IsSpoilt(id);
        return new MoveCount(
            Enumerable.Range(1, Records).Count(id => !(IsSpoilt(id) ? parked : right).Contains(id)),
            there.Count - there.DistinctBy(thing => thing.Id).Count() + rekeyed + letters.Count - parked.Count + there.Count(thing => IsSpoilt(thing.Id)) + parked.Count(id => !IsSpoilt(id)),
            letters.Count);
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

/// <param name="Lost">Records that are neither at the destination as they should be, nor a dead letter that they should be.</param>
/// <param name="Doubled">Records that are there twice, came under two keys, have two letters, or are there and have one.</param>
/// <param name="Letters">Dead letters.</param>
internal sealed record MoveCount(int Lost, int Doubled, int Letters);

/// <summary>A record, as the source has it and the destination must.</summary>
internal sealed record Thing(int Id, string Name, decimal Amount)
{
    public static Thing Of(int id) => new(id, $"thing {id} ✓", id * 0.01m);

    /// <summary>One of a hundred, where the fault's records are spoilt.</summary>
    public static bool IsSpoilt(int id) => id % 100 == 42;

    /// <param name="id">Which one.</param>
    /// <param name="kind">A table takes no text with a NUL in it, and is asked to before it says so; a company would.</param>
    /// <param name="hasSpoilt">Whether the source spoils some.</param>
    public static string Json(int id, MoveKind kind, bool hasSpoilt)
    {
        var thing = Of(id);
        string? name = !hasSpoilt || !IsSpoilt(id) ? thing.Name : kind is MoveKind.Table && id / 100 % 2 == 0 ? "thing\0" : null;
        return new JsonObject { ["id"] = thing.Id, ["name"] = name, ["amount"] = thing.Amount }.ToJsonString();
    }
}
