using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Connectors.Pages;

/// <summary>What is left of the calls, who makes them, and what backfills may take of them.</summary>
public sealed partial class BudgetsTab(ConnectionStore connections, BudgetStore budgets, CallShares shares, FigureStore figures, TimeProvider clock)
{
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(5);
    private static readonly (string, string)[] Percents = [("10", "10 %"), ("30", "30 %"), ("50", "50 %"), ("70", "70 %")];
    private static readonly (string, string)[] Ends = [("1", "in an hour"), ("4", "in 4 hours"), ("24", "in a day"), ("", "when somebody ends it")];

    private IReadOnlyList<Connection> _connections = [];
    private IReadOnlyList<BudgetView> _budgets = [];
    private IReadOnlyList<CallShare> _shares = [];
    private IReadOnlyDictionary<string, ConnectionCalls> _calls = new Dictionary<string, ConnectionCalls>();
    private ConfirmDialog? _slow;
    private string _chosen = "";
    private string _percent = "30";
    private string _end = "4";
    private bool _asked;

    /// <summary>The connection whose backfills are to be slowed down: asks at once.</summary>
    [SupplyParameterFromQuery(Name = "slow")]
    public string? SlowText { get; set; }

    private Guid? Slow => AddressText.Id(SlowText);

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private IReadOnlyList<(string, string)> ConnectionOptions => [.. _connections.Select(connection => (connection.Id.ToString(), connection.Name))];

    private string Base => _connections.FirstOrDefault(connection => connection.Id.ToString() == _chosen) is { } connection
        ? _budgets.Any(view => view.Budget.Id == BudgetOf(connection)) ? "Of what its budget allows at the moment."
            : string.Create(CultureInfo.InvariantCulture, $"Nothing limits its calls: of {Usual(connection):0} a minute, the most of the last hour.")
        : "";

    protected override void OnInitialized() => _ = TickAsync();

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Loaded && !_asked && Slow is { } slow && May(Permission.Run) && _connections.Any(connection => connection.Id == slow))
        {
            _asked = true;
            await AskAsync(slow);
        }
    }

    private async Task FetchAsync()
    {
        var now = clock.GetUtcNow();
        _connections = await connections.ListAsync(Id, Leaving);
        _budgets = await budgets.ListAsync(Id, Leaving);
        _shares = await shares.ListAsync(Id, Leaving);
        _calls = (await figures.ConnectionCallsAsync(Id, now, Leaving)).ToDictionary(calls => calls.Name);
    }

    private static Guid BudgetOf(Connection connection) => connection.CredentialId ?? connection.Id;

    private string NameOf(Guid budget) => string.Join(", ", _connections.Where(connection => BudgetOf(connection) == budget).Select(connection => connection.Name));

    /// <summary>Where nothing was called lately, one a second is what a share is taken of.</summary>
    private double Usual(Connection connection) => _calls.GetValueOrDefault(connection.Name)?.BusiestMinute is > 0 and var most ? most : 60;

    private Task AskAsync(Guid? connection)
    {
        _chosen = (connection ?? _connections[0].Id).ToString();
        return _slow!.OpenAsync();
    }

    private Task ApplyAsync(string reason) => ActAsync(Permission.Run, "slow backfills down", async actor =>
    {
        if (_connections.FirstOrDefault(connection => connection.Id.ToString() == _chosen) is not { } connection)
        {
            return;
        }

        DateTimeOffset? until = int.TryParse(_end, CultureInfo.InvariantCulture, out var hours) ? clock.GetUtcNow() + TimeSpan.FromHours(hours) : null;
        var percent = int.Parse(_percent, CultureInfo.InvariantCulture);
        if (await shares.ApplyAsync(Id, connection.Id, percent, Usual(connection), until, actor, Leaving))
        {
            Toasts.Say($"Backfills over {connection.Name} take {percent} % of the calls within seconds.");
        }

        await FetchAsync();
    });

    private Task EndAsync(CallShare share) => ActAsync(Permission.Run, "end slowing backfills down", async actor =>
    {
        if (_connections.FirstOrDefault(connection => BudgetOf(connection) == share.BudgetId) is { } connection && await shares.EndAsync(Id, connection.Id, actor, Leaving))
        {
            Toasts.Say($"Backfills over {connection.Name} go as quickly as the budget lets them.");
        }

        await FetchAsync();
    });

    /// <summary>What is left changes with every call, which nobody tells of.</summary>
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(LooksAgain, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync(FetchAsync);
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            // The page was left.
        }
    }
}
