using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Lookups;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>The rows of a lookup table, a page at a time, each to be changed where it stands.</summary>
public sealed partial class LookupGrid(LookupRows rows) : ComponentBase, IDisposable
{
    private const int PageSize = 50;

    private readonly CancellationTokenSource _leaving = new();
    private Page<LookupRow> _rows = new([], null);
    private string _text = "";
    private string _after = "";
    private string _key = "";
    private string _value = "";
    private string? _edited;
    private string? _problem;
    private bool _adding;
    private bool _importing;
    private bool _focus;
    private int _version;
    private TypedText? _first;

    [Parameter, EditorRequired]
    public required TenantId Tenant { get; set; }

    [Parameter, EditorRequired]
    public required LookupTable Table { get; set; }

    /// <summary>The role it takes, for somebody who may only look; null for those who may change it.</summary>
    [Parameter]
    public string? Denied { get; set; }

    /// <summary>Carries out a change for somebody who may.</summary>
    [Parameter, EditorRequired]
    public required Func<string, Func<Actor, Task>, Task> Act { get; set; }

    public void Dispose() => _leaving.Cancel();

    protected override async Task OnParametersSetAsync()
    {
        // Every change of the table gives it a new version: what others changed is shown, too.
        if (Table.Version != _version)
        {
            _version = Table.Version;
            await ShowAsync(_after);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focus)
        {
            _focus = false;
            await (_first?.FocusAsync() ?? ValueTask.CompletedTask);
        }
    }

    private Task ShowFirstAsync() => ShowAsync("");

    private async Task ShowAsync(string after)
    {
        try
        {
            var page = await rows.PageAsync(Tenant, Table.Id, _text, after, PageSize, _leaving.Token);
            (_rows, _after) = (page, after);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
    }

    private Task FindAsync(string text)
    {
        _text = text.Trim();
        return ShowFirstAsync();
    }

    private void BeginAdding()
    {
        (_adding, _edited, _key, _value, _problem, _focus) = (true, null, "", "", null, true);
    }

    private void BeginEditing(LookupRow row)
    {
        (_adding, _edited, _key, _value, _problem, _focus) = (false, row.Key, row.Key, row.Value, null, true);
    }

    private void Leave() => (_adding, _edited, _problem) = (false, null, null);

    private Task PressAsync(KeyboardEventArgs press, string? before)
    {
        if (press.Key == "Escape")
        {
            Leave();
        }

        return press.Key == "Enter" ? PutAsync(before) : Task.CompletedTask;
    }

    private Task PutAsync(string? before) => Act("change a lookup table", async actor =>
    {
        var row = new LookupRow(_key.Trim(), _value.Trim());
        if (row.Problem is { } problem)
        {
            _problem = $"The row {problem}.";
            return;
        }

        var change = await rows.PutAsync(Tenant, Table.Id, before, row, actor, _leaving.Token);
        _problem = change switch
        {
            LookupChange.Done => null,
            LookupChange.Taken => "Another row has this key: change that one.",
            LookupChange.Full => $"A table has at most {LookupStore.MostRows:N0} rows.",
            LookupChange.Gone => "The row was removed meanwhile: add it again.",
        };
        if (change is LookupChange.Done)
        {
            Leave();
            await ShowAsync(_after);
        }
    });

    private Task RemoveAsync(LookupRow row) => Act("change a lookup table", async actor =>
    {
        await rows.RemoveAsync(Tenant, Table.Id, row.Key, actor, _leaving.Token);
        await ShowAsync(_after);
    });
}
