using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Controls;
using IntegrationConsole.Credentials;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Connectors.Pages;

public sealed partial class CircuitsPage(ConnectionStore connections, CircuitStore circuits, RunStore runs, TimeProvider clock)
{
    private static readonly (string, string)[] Ends = [("", "when somebody closes it"), ("1", "in an hour"), ("4", "in 4 hours"), ("24", "in a day"), ("72", "in 3 days")];

    private static readonly (string, string)[] Releases =
        [("", "start within seconds, as many at a time as this tenant may have"), ("10", "start one every 10 seconds, the oldest first"), ("60", "start one every minute, the oldest first"), ("300", "start one every 5 minutes, the oldest first")];

    private const string Keep = "keep";

    /// <summary>For a system that has just come back: the first of those that wait shows whether it is well.</summary>
    private const string Paced = "10";

    private IReadOnlyList<Row> _rows = [];
    private ConfirmDialog? _close;
    private ConfirmDialog? _letGo;
    private ConfirmDialog? _isolate;
    private ThresholdDialog? _thresholds;
    private Row? _chosen;
    private string _end = "";
    private string _release = "";
    private string? _askedFor;

    [SupplyParameterFromQuery(Name = "tab")]
    public string? TabInAddress { get; set; }

    /// <summary>A connection whose circuit somebody came here to close.</summary>
    [SupplyParameterFromQuery(Name = "close")]
    public string? CloseInAddress { get; set; }

    [Inject]
    public required CircuitProbe Probe { get; set; }

    [Inject]
    public required PacedRelease Release { get; set; }

    [Inject]
    public required KeptRuns Kept { get; set; }

    [Inject]
    public required SyncStore Syncs { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private string Tab => TabInAddress is "budgets" or "bulkheads" ? TabInAddress : "circuits";

    private string CloseWords => _chosen is not { Waiting.Count: > 0 and var held } ? "Close"
        : _release == Keep ? $"Close and keep {(held == 1 ? "it" : "them")} held" : $"Close and let the {Count(held, "held run", "held runs")} go";

    private DateTimeOffset? LastChange => _rows.Where(row => row.WasEverOpen).Select(row => (DateTimeOffset?)row.Circuit.Since).Max();

    private string Thresholds
    {
        get
        {
            var options = circuits.Thresholds;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"A circuit opens when {options.FailureShare:P0} of {options.FewestCalls} calls or more fail within a minute, after {options.FailuresInARow} failures or {options.RefusalsInARow} refused sign-ins in a row, or when a system asks to be left alone for long. The first break lasts {Durations.Words(options.FirstBreak)}, each further one twice as long, up to {Durations.Words(options.LongestBreak)}.");
        }
    }

    protected override void OnInitialized() => _ = TickAsync();

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    /// <summary>Asked once, as soon as the page stands: whatever changes meanwhile does not ask again.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Loaded && _askedFor != CloseInAddress)
        {
            _askedFor = CloseInAddress;
            if (Guid.TryParse(CloseInAddress, out var id) && May(Permission.Run)
                && _rows.FirstOrDefault(row => row.Connection.Id == id && row.Circuit.State is not CircuitState.Closed) is { } row)
            {
                await AskCloseAsync(row);
            }
        }
    }

    private async Task FetchAsync()
    {
        var now = clock.GetUtcNow();
        var known = (await circuits.ListAsync(Id, Leaving)).ToDictionary(circuit => circuit.ConnectionId);
        var events = (await circuits.ListEventsAsync(Id, now - TimeSpan.FromDays(1), Leaving)).ToLookup(change => change.ConnectionId);
        var nodes = (await circuits.ListNodesAsync(Id, Leaving)).ToLookup(node => node.ConnectionId);
        var own = (await circuits.ListThresholdsAsync(Id, Leaving)).ToDictionary(one => one.ConnectionId);
        var held = (await runs.ListHeldAsync(Id, Leaving)).ToLookup(run => run.ConnectionId);
        var uses = (await Syncs.ListAsync(Id, Leaving)).SelectMany(sync => new[] { sync.SourceConnectionId, sync.DestinationConnectionId }.Distinct()).ToLookup(id => id);
        _rows =
        [
            .. (await connections.ListAsync(Id, Leaving))
                .Select(connection => new Row(
                    connection, known.GetValueOrDefault(connection.Id) ?? CircuitSteps.Never(Id, connection.Id, now), known.ContainsKey(connection.Id),
                    [.. events[connection.Id]], [.. held[connection.Id]], uses[connection.Id].Count())
                {
                    Nodes = [.. nodes[connection.Id]], Own = own.GetValueOrDefault(connection.Id),
                })
                .OrderBy(row => row.Circuit.State is CircuitState.Closed),
        ];
    }

    private string Next(Circuit circuit)
    {
        var now = clock.GetUtcNow();
        return circuit switch
        {
            { State: CircuitState.HalfOpen } when circuit.Holds(now) => "A probe is under way: one call, on one node.",
            { State: CircuitState.Isolated, ProbeAt: null } => "Until somebody closes it.",
            { ProbeAt: { } at } when at > now => $"{(circuit.State is CircuitState.Isolated ? "Ends" : "Next probe")} at {Zone.Short(at)} (in {Durations.Words(TimeSpan.FromSeconds(Math.Ceiling((at - now).TotalSeconds)))}).",
            _ => "The next call is the probe.",
        };
    }

    private static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    private Task ProbeAsync(Row row) => ActAsync(Permission.Run, "probe a circuit", async actor =>
    {
        var words = await Probe.TryAsync(Id, row.Connection.Id, actor, Leaving);
        await FetchAsync();
        var isClosed = _rows.FirstOrDefault(now => now.Connection.Id == row.Connection.Id)?.Circuit.State is CircuitState.Closed;
        Toasts.Say(words, isClosed ? Tone.Good : Tone.Bad);
    });

    private Task AskCloseAsync(Row row)
    {
        (_chosen, _release) = (row, row.Waiting.Count > 1 ? Paced : "");
        return _close!.OpenAsync();
    }

    private Task AskIsolateAsync(Row row)
    {
        (_chosen, _end) = (row, "");
        return _isolate!.OpenAsync();
    }

    private Task CloseAsync(string reason) => ActAsync(Permission.Run, "close a circuit", async actor =>
    {
        if (_release == Keep)
        {
            await Kept.KeepAsync(Id, _chosen!.Connection.Id, actor, Leaving);
        }
        else if (int.TryParse(_release, CultureInfo.InvariantCulture, out var seconds))
        {
            await Release.SpreadAsync(Id, _chosen!.Connection.Id, TimeSpan.FromSeconds(seconds), Leaving);
        }

        await circuits.CloseAsync(Id, _chosen!.Connection.Id, actor, Leaving);
        if (_release.Length == 0)
        {
            // What somebody kept held when it was closed before goes with the others.
            await Kept.LetGoAsync(Id, _chosen.Connection.Id, TimeSpan.Zero, actor, Leaving);
        }

        await FetchAsync();
        Toasts.Say($"The circuit of {_chosen.Connection.Name} is closed{(_release == Keep ? "; what waited stays held" : "")}.", Tone.Good);
    });

    private Task AskLetGoAsync(Row row)
    {
        (_chosen, _release) = (row, "");
        return _letGo!.OpenAsync();
    }

    private Task LetGoAsync(string reason) => ActAsync(Permission.Run, "let held runs go", async actor =>
    {
        var every = int.TryParse(_release, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        var gone = await Kept.LetGoAsync(Id, _chosen!.Connection.Id, every, actor, Leaving);
        await FetchAsync();
        Toasts.Say(gone == 0 ? "None was held any more." : $"{Count(gone, "run goes", "runs go")} on.", gone == 0 ? Tone.Warn : Tone.Good);
    });

    private Task IsolateAsync(string reason) => ActAsync(Permission.Run, "isolate a connection", async actor =>
    {
        DateTimeOffset? until = int.TryParse(_end, CultureInfo.InvariantCulture, out var hours) ? clock.GetUtcNow() + TimeSpan.FromHours(hours) : null;
        await circuits.IsolateAsync(Id, _chosen!.Connection.Id, reason, until, actor, Leaving);
        await FetchAsync();
        Toasts.Say($"{_chosen.Connection.Name} is isolated: no run calls it.", Tone.Info);
    });

    /// <summary>Counts down while something is waited for.</summary>
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
            {
                if (Tab == "circuits" && _rows.Any(row => row.Circuit.State is not CircuitState.Closed))
                {
                    await InvokeAsync(StateHasChanged);
                }
            }
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    /// <param name="Waiting">Runs that wait for it, the oldest first.</param>
    /// <param name="Uses">How many integrations use it.</param>
    private sealed record Row(Connection Connection, Circuit Circuit, bool WasEverOpen, IReadOnlyList<CircuitEvent> Events, IReadOnlyList<HeldRun> Waiting, int Uses)
    {
        /// <summary>Of those that wait, how many somebody keeps held.</summary>
        public int Kept => Waiting.Count(run => run.KeptBy is not null);

        /// <summary>What each node saw before it opened.</summary>
        public IReadOnlyList<CircuitNode> Nodes { get; init; } = [];

        /// <summary>Null for the deployment's thresholds.</summary>
        public OwnThresholds? Own { get; init; }
    }
}
