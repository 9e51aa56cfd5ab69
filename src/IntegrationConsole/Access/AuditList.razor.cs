using System.Globalization;
using System.Text;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Access;

public sealed partial class AuditList : ComponentBase, IDisposable
{
    private const int PageSize = 50;
    private const int MostExported = 20_000;
    private static readonly IReadOnlyList<(string, string)> Results = [("", "any"), ("Done", "Done"), ("Denied", "Denied"), ("Refused", "Refused")];

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<AuditEntry>? _entries;
    private (TenantId? Tenant, AuditFilter Filter)? _shown;
    private int _asked;
    private AuditVerdict? _verdict;
    private string _actor = "";
    private string _action = "";
    private string _kind = "";
    private string _text = "";
    private string _from = "";
    private string _to = "";
    private string _result = "";
    private bool _more;
    private bool _verifying;
    private bool _exporting;
    private bool _undoing;
    private HashSet<long> _undoable = [];

    /// <summary>Whose trail; null for the platform's own.</summary>
    [Parameter, EditorRequired]
    public TenantId? TenantId { get; set; }

    [SupplyParameterFromQuery(Name = "who")]
    public string? Who { get; set; }

    [SupplyParameterFromQuery(Name = "action")]
    public string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? FromText { get; set; }

    private DateOnly? From => AddressText.Day(FromText);

    [SupplyParameterFromQuery(Name = "to")]
    public string? ToText { get; set; }

    private DateOnly? To => AddressText.Day(ToText);

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    [CascadingParameter]
    public TenantAccess? Access { get; set; }

    [SupplyParameterFromQuery(Name = "what")]
    public string? What { get; set; }

    [SupplyParameterFromQuery(Name = "result")]
    public string? Result { get; set; }

    private bool Filtered => Filter != new AuditFilter();

    /// <remarks>Both days belong to what is shown.</remarks>
    private AuditFilter Filter => new(
        Who ?? "", Action ?? "", Kind ?? "", What ?? "", Enum.TryParse<AuditResult>(Result, out var result) ? result : null,
        From is { } from ? Zone.StartOf(from) : null, To is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null);

    protected override async Task OnParametersSetAsync()
    {
        // The page around this list may be drawn again for reasons of its own: the same entries are not fetched again.
        if (_shown == (TenantId, Filter))
        {
            return;
        }

        // A verdict is about one trail.
        _verdict = _shown?.Tenant == TenantId ? _verdict : null;
        _shown = (TenantId, Filter);
        (_actor, _action, _kind, _text, _result) = (Who ?? "", Action ?? "", Kind ?? "", What ?? "", Result ?? "");
        (_from, _to) = (Written(From), Written(To));
        await ShowAsync([]);
    }

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
    }

    private Task MoreAsync() => ShowAsync(_entries ?? []);

    /// <param name="before">The newer entries, which stay on the screen.</param>
    private async Task ShowAsync(IReadOnlyList<AuditEntry> before)
    {
        var asked = ++_asked;
        var next = await Audit.ListAsync(TenantId, Filter, before is [.., var last] ? last.Seq : null, PageSize + 1, _leaving.Token);
        // What was asked for later has taken its place.
        if (asked == _asked)
        {
            _entries = [.. before, .. next.Take(PageSize)];
            _more = next.Count > PageSize;
            await FindUndoableAsync();
        }
    }

    /// <summary>What can be taken back, for those who may: one look for all that is shown, since each step makes others final.</summary>
    private async Task FindUndoableAsync() =>
        _undoable = TenantId is { } tenant && Access?.May(Permission.Replay) == true && _entries is { Count: > 0 } entries ? [.. await Undo.PossibleAsync(tenant, entries, _leaving.Token)] : [];

    private async Task UndoAsync(AuditEntry entry)
    {
        _undoing = true;
        await UndoOffer.TakeBackAsync([new Decision(Access!.Id, Access.Slug, entry.Seq)]);
        _undoing = false;
        await ShowAsync([]);
    }

    private Task ApplyAsync()
    {
        static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["who"] = Given(_actor), ["action"] = Given(_action), ["kind"] = Given(_kind), ["what"] = Given(_text), ["result"] = Given(_result), ["from"] = Given(_from), ["to"] = Given(_to),
        }));
        return Task.CompletedTask;
    }

    private Task ClearAsync()
    {
        string[] all = ["who", "action", "kind", "what", "result", "from", "to"];
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(all.ToDictionary(name => name, _ => (object?)null)));
        return Task.CompletedTask;
    }

    /// <summary>What matches, as a file; that it was taken out stands in the trail too.</summary>
    private async Task ExportAsync()
    {
        var actor = Access is { } access ? await Gatekeeper.AdmitAsync(access.Slug, Permission.Administer, "export the audit trail", _leaving.Token)
            : await Gatekeeper.AdmitAsync(null, Permission.AdministerPlatform, "export the audit trail", _leaving.Token);
        if (actor is null)
        {
            Toasts.Say("You may not read this trail any more.", Tone.Bad);
            return;
        }

        _exporting = true;
        var entries = await Audit.ListAsync(TenantId, Filter, null, MostExported, _leaving.Token);
        await Audit.RecordAsync(TenantId, actor, new AuditEvent("export", "audit trail", "", "", $"{entries.Count} entries"), _leaving.Token);
        using var content = new DotNetStreamReference(new MemoryStream(Encoding.UTF8.GetBytes(AuditCsv.Of(entries))));
        await Browser.InvokeVoidAsync("shell.download", "audit.csv", content);
        _exporting = false;
        Toasts.Say(entries.Count == MostExported ? $"The newest {Durations.Exact(MostExported)} entries that match are in the file." : $"{Durations.Exact(entries.Count)} entries are in the file.");
    }

    private static string Written(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private async Task VerifyAsync()
    {
        _verifying = true;
        _verdict = await Audit.VerifyAsync(TenantId, _leaving.Token);
        _verifying = false;
    }
}
