using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Mappings.Pages;

public sealed partial class LookupPage(LookupStore lookups)
{
    private LookupTable? _table;
    private (string Name, string Description) _stored = ("", "");
    private int _refusals;
    private string _name = "";
    private string _description = "";
    private string _text = "";
    private string _count = "";
    private string? _nameProblem;
    private string? _rowsProblem;
    private ConfirmDialog? _delete;

    [Parameter]
    public Guid? TableId { get; set; }

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && ((_name, _description) != _stored || _text.Length > 0);

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        await FetchTableAsync();
        _stored = (_name, _description) = (_table?.Name ?? "", _table?.Description ?? "");
    }

    /// <summary>What others change comes in; what is being typed stays.</summary>
    private async Task FetchTableAsync() => _table = TableId is { } id ? await lookups.FindAsync(Id, id, Leaving) : null;

    private void Type(string text)
    {
        _text = text;
        var (rows, problem) = LookupText.Read(text);
        _rowsProblem = text.Trim().Length > 0 ? problem : null;
        _count = text.Trim().Length == 0 ? "" : RowWords(rows.Count);
    }

    /// <summary>The rows are another component's: this one is told when the command is over.</summary>
    private async Task ChangeRowsAsync(string attempt, Func<Actor, Task> change)
    {
        await ActAsync(Permission.Configure, attempt, change);
        StateHasChanged();
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "save a lookup table", async actor =>
    {
        var (rows, problem) = LookupText.Read(_text);
        _nameProblem = _name.Trim().Length is 0 or > 100 ? "Give the table a name of at most 100 characters." : null;
        _rowsProblem = _text.Trim().Length == 0 ? null : problem;
        if (_nameProblem is not null || _rowsProblem is not null)
        {
            _refusals++;
            return;
        }

        if (TableId is { } id)
        {
            await RenameAsync(id, actor);
        }
        else if (await lookups.SaveAsync(Id, null, _name, _description, rows, actor, Leaving) is { } made)
        {
            Toasts.Say($"{_name.Trim()} is saved with {RowWords(rows.Count)}.");
            Navigation.NavigateTo(At($"lookups/{made}"));
        }
        else
        {
            _nameProblem = "Another table has this name.";
        }
    });

    private async Task RenameAsync(Guid id, Actor actor)
    {
        if (await lookups.RenameAsync(Id, id, _name, _description, actor, Leaving))
        {
            Toasts.Say($"{_name.Trim()} is saved. Mappings that name it otherwise have to be changed.");
            await FetchAsync();
        }
        else
        {
            _nameProblem = "Another table has this name.";
        }
    }

    private static string RowWords(int count) => count == 1 ? "1 row" : $"{Durations.Exact(count)} rows";

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a lookup table", async actor =>
    {
        await lookups.DeleteAsync(Id, TableId!.Value, actor, Leaving);
        Navigation.NavigateTo(At("lookups"));
    });
}
