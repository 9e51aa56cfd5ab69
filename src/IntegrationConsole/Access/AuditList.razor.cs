using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access;

public sealed partial class AuditList : ComponentBase, IDisposable
{
    private const int PageSize = 50;
    private static readonly IReadOnlyList<(string, string)> Results = [("", "any"), ("Done", "Done"), ("Denied", "Denied"), ("Refused", "Refused")];

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<AuditEntry>? _entries;
    private (TenantId? Tenant, AuditFilter Filter)? _shown;
    private int _asked;
    private AuditVerdict? _verdict;
    private string _actor = "";
    private string _text = "";
    private string _result = "";
    private bool _more;
    private bool _verifying;

    /// <summary>Whose trail; null for the platform's own.</summary>
    [Parameter, EditorRequired]
    public TenantId? TenantId { get; set; }

    [SupplyParameterFromQuery(Name = "who")]
    public string? Who { get; set; }

    [SupplyParameterFromQuery(Name = "what")]
    public string? What { get; set; }

    [SupplyParameterFromQuery(Name = "result")]
    public string? Result { get; set; }

    private bool Filtered => !string.IsNullOrEmpty(Who) || !string.IsNullOrEmpty(What) || !string.IsNullOrEmpty(Result);

    private AuditFilter Filter => new(Who ?? "", Text: What ?? "", Result: Enum.TryParse<AuditResult>(Result, out var result) ? result : null);

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
        (_actor, _text, _result) = (Who ?? "", What ?? "", Result ?? "");
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
        }
    }

    private Task ApplyAsync()
    {
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["who"] = _actor.Trim() is { Length: > 0 } who ? who : null,
            ["what"] = _text.Trim() is { Length: > 0 } what ? what : null,
            ["result"] = _result.Length > 0 ? _result : null,
        }));
        return Task.CompletedTask;
    }

    private Task ClearAsync()
    {
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["who"] = null, ["what"] = null, ["result"] = null }));
        return Task.CompletedTask;
    }

    private async Task VerifyAsync()
    {
        _verifying = true;
        _verdict = await Audit.VerifyAsync(TenantId, _leaving.Token);
        _verifying = false;
    }
}
