using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Connectors.Pages;

/// <summary>Asks when a connection's circuit is to open.</summary>
public sealed partial class ThresholdDialog
{
    private ElementReference _dialog;
    private Connection? _connection;
    private OwnThresholds? _own;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private string _share = "";
    private string _calls = "";
    private string _failures = "";
    private string _refusals = "";
    private string _first = "";
    private string _longest = "";

    [Parameter]
    public EventCallback OnSaved { get; set; }

    public async Task OpenAsync(Connection connection, OwnThresholds? own)
    {
        var options = own?.Options ?? Circuits.Thresholds;
        (_connection, _own, _problems) = (connection, own, new Dictionary<string, string>());
        (_share, _calls, _failures, _refusals) = (Text(options.FailureShare * 100), Text(options.FewestCalls), Text(options.FailuresInARow), Text(options.RefusalsInARow));
        (_first, _longest) = (Text(options.FirstBreak.TotalSeconds), Text(options.LongestBreak.TotalSeconds));
        StateHasChanged();

        // Drawn first, so that there is something in it to focus.
        await Task.Yield();
        await Browser.InvokeVoidAsync("shell.open", _dialog, "threshold-share");
    }

    private Task SaveAsync()
    {
        var options = new CircuitOptions
        {
            FailureShare = Number(_share) / 100, FewestCalls = (int)Number(_calls), FailuresInARow = (int)Number(_failures), RefusalsInARow = (int)Number(_refusals),
            FirstBreak = TimeSpan.FromSeconds(Number(_first)), LongestBreak = TimeSpan.FromSeconds(Number(_longest)),
        };
        _problems = CircuitThresholds.Check(options);
        return _problems.Count == 0 ? ApplyAsync(options) : Task.CompletedTask;
    }

    private Task ApplyAsync(CircuitOptions? options) => ActAsync(Permission.Configure, "change the thresholds of a circuit", async actor =>
    {
        var connection = _connection!;
        await Circuits.ChangeThresholdsAsync(Id, connection.Id, options, actor, Leaving);
        await CloseAsync();
        Toasts.Say(options is null ? $"{connection.Name} has the usual thresholds again." : $"The thresholds of {connection.Name} are saved. They hold within seconds.");
        await OnSaved.InvokeAsync();
    });

    private async Task CloseAsync() => await Browser.InvokeVoidAsync("shell.close", _dialog);

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <returns>0, which is never possible, for what is no number, or none that fits.</returns>
    private static double Number(string text) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1_000_000 ? value : 0;
}
