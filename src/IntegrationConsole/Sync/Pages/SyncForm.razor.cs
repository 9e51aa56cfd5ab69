using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Schedules;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class SyncForm(ConnectionOpener opener, ConnectorCatalog catalog, TimeProvider clock) : ComponentBase, IDisposable
{
    /// <summary>A change stream is offered where the source can tell of its changes, and shown where it was chosen.</summary>
    private IReadOnlyList<(string, string)> ReadModes =>
    [
        (nameof(ReadMode.Full), "everything"), (nameof(ReadMode.Incremental), "what changed"),
        .. Source is { CanStream: true } || IsStream ? [(nameof(ReadMode.ChangeStream), "each change as it happens")] : Array.Empty<(string, string)>(),
    ];

    private bool IsStream => State.ReadMode is ReadMode.ChangeStream;

    private string ReadHelp => State.ReadMode switch
    {
        ReadMode.Full => "Reads all records each time; what has not changed is not written.",
        ReadMode.Incremental => "Goes on from the greatest cursor value of the last complete run.",
        ReadMode.ChangeStream => "Reads everything once, then each change as the database tells of it (logical replication), until somebody stops it. The table needs a primary key, the server wal_level = logical.",
    };

    /// <summary>Replacing is offered where it can be done, and shown where it was chosen.</summary>
    private IReadOnlyList<(string, string)> WriteModes =>
    [
        (nameof(WriteMode.Upsert), "change or make, by key"), (nameof(WriteMode.Append), "always make new ones"), (nameof(WriteMode.Update), "change only, by key"),
        .. Destination is null or { CanOverwrite: true } || State.WriteMode is WriteMode.Overwrite ? [(nameof(WriteMode.Overwrite), "replace everything")] : Array.Empty<(string, string)>(),
    ];

    private ConnectorDescriptor? Source => DescriptorOf(State.SourceConnectionId);

    private ConnectorDescriptor? Destination => DescriptorOf(State.DestinationConnectionId);

    private ConnectorDescriptor? DescriptorOf(Guid id) => Connections.FirstOrDefault(connection => connection.Id == id) is { } chosen ? catalog.Find(chosen.Kind)?.Descriptor : null;

    private string? WriteHelp => State.WriteMode is WriteMode.Overwrite
        ? "The table is built anew beside the old one and takes its place when everything was read. A run that breaks off, or brings nothing, leaves the old one as it is." : null;

    /// <summary>A stream that is not known, because the source cannot be reached, may be one that can be cut.</summary>
    private bool CanCut => _sourceStreams.FirstOrDefault(stream => stream.Name == State.SourceStream) is not { CanPartition: false };

    private static readonly IReadOnlyList<(string, string)> ScheduleKinds =
        [(nameof(ScheduleKind.Manual), "only when somebody asks"), (nameof(ScheduleKind.Interval), "every so many minutes"), (nameof(ScheduleKind.Cron), "at set times (crontab)")];

    private static readonly IReadOnlyList<(string, string)> Overlaps = [(nameof(OverlapRule.Queue), "wait for it"), (nameof(OverlapRule.Skip), "skip, and say so")];

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<StreamInfo> _sourceStreams = [];
    private IReadOnlyList<StreamInfo> _destinationStreams = [];
    private SyncDraft? _sent;
    private string _sourceProblem = "";
    private string _destinationProblem = "";

    [Parameter, EditorRequired]
    public required SyncDraft State { get; set; }

    [Parameter]
    public EventCallback<SyncDraft> StateChanged { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<Connection> Connections { get; set; }

    /// <summary>The destination fields that may be a key.</summary>
    [Parameter]
    public IReadOnlyList<string> Fields { get; set; } = [];

    [Parameter]
    public IReadOnlyDictionary<string, string> Problems { get; set; } = new Dictionary<string, string>();

    /// <summary>Why no record of the source stream can be shown; empty where one can.</summary>
    [Parameter]
    public string SampleProblem { get; set; } = "";

    [Parameter, EditorRequired]
    public required TimeZoneInfo Zone { get; set; }

    private IReadOnlyList<(string, string)> SourceOptions =>
        [("", "Choose one"), .. Connections.Where(connection => catalog.Find(connection.Kind)?.Descriptor.CanRead == true).Select(connection => (connection.Id.ToString(), connection.Name))];

    private IReadOnlyList<(string, string)> DestinationOptions =>
        [("", "Choose one"), .. Connections.Where(connection => catalog.Find(connection.Kind)?.Descriptor.CanWrite == true).Select(connection => (connection.Id.ToString(), connection.Name))];

    private bool DestinationCanCreate => Connections.FirstOrDefault(connection => connection.Id == State.DestinationConnectionId)?.Kind == "postgres";

    protected override async Task OnInitializedAsync()
    {
        if (State.SourceConnectionId != Guid.Empty)
        {
            (_sourceStreams, _sourceProblem) = await DiscoverAsync(State.SourceConnectionId, stream => stream.CanRead);
        }

        if (State.DestinationConnectionId != Guid.Empty)
        {
            (_destinationStreams, _destinationProblem) = await DiscoverAsync(State.DestinationConnectionId, stream => stream.CanWrite);
        }
    }

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
    }

    private static string Text(Guid id) => id == Guid.Empty ? "" : id.ToString();

    private static IReadOnlyList<(string, string)> StreamOptions(IReadOnlyList<StreamInfo> streams, string current) =>
    [
        ("", "Choose one"),
        .. streams.Select(stream => (stream.Name, stream.Detail.Length > 0 ? $"{stream.Name} ({stream.Detail})" : stream.Name)),
        .. current.Length > 0 && streams.All(stream => stream.Name != current) ? [(current, current)] : Array.Empty<(string, string)>(),
    ];

    /// <summary>What was changed just now comes back as a parameter a moment later.</summary>
    private SyncDraft Current => _sent ?? State;

    private string? Problem(string field) => Problems.GetValueOrDefault(field);

    /// <summary>Said while it is typed: a schedule that never comes looks like any other.</summary>
    private string ScheduleProblem => State.Schedule.Check(Zone, clock.GetUtcNow());

    protected override void OnParametersSet() => _sent = null;

    private Task ChangeAsync(SyncDraft state)
    {
        _sent = state;
        return StateChanged.InvokeAsync(state);
    }

    /// <summary>A change stream knows no schedule, and tells of deletions itself.</summary>
    private Task SetReadModeAsync(string text)
    {
        var mode = Enum.Parse<ReadMode>(text);
        var (from, to) = (Current.Deletes.Signal, mode is ReadMode.ChangeStream ? DeleteSignal.Changes : DeleteSignal.Tombstone);
        return ChangeAsync(Current with
        {
            ReadMode = mode,
            Schedule = mode is ReadMode.ChangeStream ? Schedule.Manual : Current.Schedule,
            Deletes = mode is ReadMode.ChangeStream || from is DeleteSignal.Changes ? Current.Deletes with { Signal = to } : Current.Deletes,
        });
    }

    /// <summary>The choice holds at once: what is chosen or typed while its streams are looked up stays.</summary>
    private async Task ChooseSourceAsync(string id)
    {
        var chosen = Guid.TryParse(id, out var connection) ? connection : Guid.Empty;
        (_sourceStreams, _sourceProblem) = ([], "");
        var tells = DescriptorOf(chosen) is { TellsOfArrivals: true };
        await ChangeAsync(Current with { SourceConnectionId = chosen, SourceStream = "", OnArrival = tells, ReadMode = tells ? ReadMode.Incremental : Current.ReadMode });
        var (streams, problem) = await DiscoverAsync(chosen, stream => stream.CanRead);
        if (Current.SourceConnectionId == chosen)
        {
            (_sourceStreams, _sourceProblem) = (streams, problem);
            if (streams.Count == 1 && Current.SourceStream.Length == 0)
            {
                await ChangeAsync(Current with { SourceStream = streams[0].Name });
            }
        }
    }

    private Task ChooseSourceStreamAsync(string stream) => ChangeAsync(Current with { SourceStream = stream });

    private async Task ChooseDestinationAsync(string id)
    {
        var chosen = Guid.TryParse(id, out var connection) ? connection : Guid.Empty;
        (_destinationStreams, _destinationProblem) = ([], "");
        await ChangeAsync(Current with { DestinationConnectionId = chosen, DestinationStream = "" });
        var (streams, problem) = await DiscoverAsync(chosen, stream => stream.CanWrite);
        if (Current.DestinationConnectionId == chosen)
        {
            (_destinationStreams, _destinationProblem) = (streams, problem);
            if (streams.Count == 1 && Current.DestinationStream.Length == 0)
            {
                await ChangeAsync(Current with { DestinationStream = streams[0].Name });
            }
        }
    }

    private async Task<(IReadOnlyList<StreamInfo> Streams, string Problem)> DiscoverAsync(Guid connectionId, Func<StreamInfo, bool> fits)
    {
        if (Connections.FirstOrDefault(candidate => candidate.Id == connectionId) is not { } connection)
        {
            return ([], "");
        }

        try
        {
            var streams = await catalog.Get(connection.Kind).DiscoverAsync(opener.OpenForTrial(connection), _leaving.Token);
            return ([.. streams.Where(fits)], "");
        }
        catch (Exception problem) when (!_leaving.IsCancellationRequested)
        {
            // The border of a request to an outside system.
            var failure = FailureClassifier.Classify(problem, connection.Name);
            return ([], $"{failure.Sentence} {failure.Cause.Suggestion}");
        }
    }

    private Task ToggleKeyAsync(string field, bool on) => ChangeAsync(State with { KeyFields = on ? [.. State.KeyFields, field] : [.. State.KeyFields.Where(key => key != field)] });

    private Task SetScheduleKindAsync(string kind) => ChangeAsync(State with
    {
        Schedule = Enum.Parse<ScheduleKind>(kind) switch
        {
            ScheduleKind.Interval => new Schedule(ScheduleKind.Interval, Minutes: 15),
            ScheduleKind.Cron => new Schedule(ScheduleKind.Cron, Expression: "0 6 * * *"),
            _ => Schedule.Manual,
        },
    });

    private Task SetPartitionsAsync(string text) => ChangeAsync(State with { Partitions = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parts) ? parts : 0 });

    /// <summary>What is called for what arrives reads what arrived.</summary>
    private Task SetOnArrivalAsync(bool on) => ChangeAsync(Current with { OnArrival = on, ReadMode = on ? ReadMode.Incremental : Current.ReadMode });

    private Task SetMinutesAsync(string text) => ChangeAsync(State with
    {
        Schedule = State.Schedule with { Minutes = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : 0 },
    });
}
