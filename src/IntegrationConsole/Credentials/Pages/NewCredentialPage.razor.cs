using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class NewCredentialPage(CredentialStore credentials)
{
    private CredentialDraft _draft = Fresh(AuthenticationKind.ApiKey, "");
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();

    /// <summary>The page that sent us here and waits for the new credential; always one of this tenant.</summary>
    [SupplyParameterFromQuery(Name = "back")]
    public string? BackTo { get; set; }

    private string? Back => BackTo?.StartsWith($"/t/{Tenant}/", StringComparison.Ordinal) == true ? BackTo : null;

    private static CredentialDraft Fresh(AuthenticationKind kind, string name) =>
        new(name, kind, CredentialKind.Of(kind).Settings.ToDictionary(field => field.Name, field => field.Default), "", null);

    private void Choose(AuthenticationKind kind) => (_draft, _problems) = (Fresh(kind, _draft.Name), new Dictionary<string, string>());

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a credential", async actor =>
    {
        _problems = CredentialKind.Of(_draft.Kind).Check(_draft, isNew: true);
        if (_problems.Count > 0)
        {
            return;
        }

        if (await credentials.CreateAsync(Id, _draft, actor, Leaving) is not { } created)
        {
            _problems = new Dictionary<string, string> { ["name"] = "Another credential has this name." };
            return;
        }

        Toasts.Say($"{_draft.Name.Trim()} is saved and sealed.");
        Navigation.NavigateTo(Back is { } back ? $"{back}{(back.Contains('?') ? '&' : '?')}credential={created}" : At("credentials"));
    });
}
